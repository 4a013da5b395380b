"""The fields, kinds and closed values a condition may name, so that a slip of the pen is refused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from prospects.faults import nearest
from prospects.kinds import Kind, Verdict
from prospects.titles import Function, Seniority
from prospects.values import Lifecycle

FIELDS = frozenset(
    {
        "email", "email.domain", "email.free_mail", "email.disposable", "phone", "name", "title",
        "seniority", "function", "company", "country", "zone", "language", "lifecycle", "owner",
        "stage", "confirmed_stage", "confidence", "verdict", "points", "fit", "engagement", "grade",
        "warm", "gate", "tags", "account.domain", "account.name", "account.owner", "account.employees",
        "account.industry", "account.revenue",
    }
)  # fmt: skip

STAGE_FIELDS = frozenset({"stage", "confirmed_stage", "stage_found", "claimed"})
"""Compared by the order of the stages, not of the alphabet; the last two are a verdict's."""

OPEN = ("fields.", "account.")
"""Behind these stands whatever a form or an import brought along."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What conditions may speak of. `values` closes the values of a field: stages, say."""

    fields: Collection[str] = FIELDS
    kinds: Collection[str] = frozenset(Kind)
    values: Mapping[str, Collection[str]] = field(
        default_factory=lambda: {
            "lifecycle": frozenset(Lifecycle),
            "verdict": frozenset(Verdict),
            "seniority": frozenset(Seniority),
            "function": frozenset(Function),
        }
    )

    def with_stages(self, slugs: Collection[str]) -> "Vocabulary":
        """The same, with these as the only stages one may ask for."""
        return replace(self, values={**self.values, "stage": slugs, "confirmed_stage": slugs})

    def mend_field(self, name: str) -> str | None:
        """None for a field there is, else what to write instead."""
        if name in self.fields:
            return None
        if any(name.startswith(start) and len(name) > len(start) for start in OPEN):
            # Custom names are free, but `account.domian` is no custom name.
            close = get_close_matches(name, sorted(self.fields), n=1, cutoff=0.9)
            return f"did you mean `{close[0]}`?" if close else None
        mend = nearest(name, self.fields)
        return f"{mend} (a custom field is written `fields.NAME`)".strip()


STANDARD = Vocabulary()
