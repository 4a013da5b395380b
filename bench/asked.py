"""Which addresses the bench of pages asks for, as whom, with whose ids in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from prospects.member import Role

Ids = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """One page or list: as whom it is asked for, and by which addresses in turn."""

    name: str
    role: Role
    paths: tuple[str, ...]
    goal: bool = True

    @property
    def api(self) -> bool:
        return self.paths[0].startswith("/api/")


WORDS = (
    "Zimmermann",
    "Priya",
    "p777@",
    "firm77.",
    "nimbus steel",
    "zzzz",
    "an",
    "王芳",
    "müller",
    "a",
)
CONDITIONS: Mapping[str, Mapping[str, object]] = {
    "germans": {"field": "country", "op": "eq", "value": "DE"},
    "deciders": {
        "all": [
            {"field": "stage", "op": "eq", "value": "decision"},
            {"field": "grade", "op": "in", "value": ["A1", "B2"]},
        ]
    },
    "readers": {
        "all": [
            {"field": "country", "op": "eq", "value": "JP"},
            {"activity": "page_view", "where": {"field": "page", "op": "contains", "value": "/pricing"}, "op": "gte", "value": 2},
        ]
    },
    "nobody": {"field": "title", "op": "contains", "value": "astronaut"},
    "firm": {"field": "account.domain", "op": "eq", "value": "firm77.example"},
}  # fmt: skip
"""Segments: common, narrow, by history, empty, by company."""


def targets(ids: Ids) -> list[Target]:
    """Everything that is asked for."""
    kinds = (_people, _marketing, _learning, _selling, _programs)
    asked = [*(each for kind in kinds for each in kind(ids)), *_reports(ids), *_operators()]
    # The demo may have no model, and nobody who crosses.
    return [each for each in asked if each.paths]


def _each(pattern: str, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(pattern.format(quote(each, safe="/")) for each in values)


def _before(path: str, ids: Sequence[str]) -> tuple[str, ...]:
    joint = "&" if "?" in path else "?"
    lasts = [each.rpartition("/")[2] for each in ids]
    return (path, *(f"{path}{joint}before={each}" for each in lasts))


def _people(ids: Ids) -> list[Target]:
    asked: dict[str, tuple[str, ...]] = {
        "people": _before("/people", ids["person"]),
        "people search": _each("/people?q={}", WORDS),
        "people search, filtered": _each("/people?stage=decision&lifecycle=nurturing&q={}", WORDS),
        "people by stage": _before("/people?stage=evaluation", ids["person"]),
        "people by lifecycle": _before("/people?lifecycle=won", ids["person"]),
        "people by source": _before("/people?source=linkedin", ids["person"]),
        "people warm": _before("/people?warm=yes&stage=decision", ids["person"]),
        "people by segment": _each("/people?segment={}", list(CONDITIONS)),
        "people by condition": (
            "/people?f1=country&o1=in&v1=DE,+AT&f2=points&o2=gte&v2=20",
            "/people?f1=country&o1=eq&v1=JP&f2=did:page_view&o2=happened&v2=30d",
            "/people?f1=did:form&o1=never&warm=yes",
        ),
        "segments": ("/segments",),
        "segment": _each("/segments/{}", list(CONDITIONS)),
        "segment editor": _each("/segment-editor?copy={}", list(CONDITIONS)),
    }
    return [Target(name, Role.MARKETER, paths) for name, paths in asked.items()]


def _marketing(ids: Ids) -> list[Target]:
    asked: dict[str, tuple[str, ...]] = {
        "person": _each("/people/{}", ids["person"]),
        "person, long history": _each("/people/{}", ids["heavy"]),
        "company": _each("/companies/{}", ids["company"]),
        "flows": ("/flows",),
        "flow": _each("/flows/{}", ids["flow"]),
        "flow step": _each("/flows/{}/steps/look", ids["flow"]),
        "flow editor": _each("/flow-editor?copy={}", ids["flow"]),
        "sources": ("/sources",),
        "source": ("/sources/linkedin",),
        "received": _before("/received", ids["delivery"]),
        "received, filtered": (
            *("/received?source=fair", "/received?state=unreadable", "/received?state=received"),
            "/received?source=fair&state=test",
        ),
        "delivery": _each("/received/{}", ids["delivery"]),
        "outbox": _before("/outbox", ids["send"]),
        "mail": _each("/outbox/{}", ids["send"]),
        "mail templates": ("/mails/templates",),
        "set-up": ("/setup",),
    }
    return [Target(name, Role.MARKETER, paths) for name, paths in asked.items()]


def _learning(ids: Ids) -> list[Target]:
    asked: dict[str, tuple[str, ...]] = {
        "scoring": ("/scoring",),
        "models": ("/scoring/models",),
        "model": _each("/scoring/models/{}", ids["model"]),
        "changed rules": ("/scoring/changes", "/scoring/changes?way=down"),
        "person, seen over time": _each("/people/{}", ids["moved"]),
        "person, to override": _each(
            "/people/{}/override?value=1&days=30&reason=fair", ids["moved"]
        ),
        "claims that held": ("/reports/claims", "/reports/claims?by=source"),
        "claims that held, by campaign": ("/reports/claims?by=campaign",),
        "claims that held, by flow": ("/reports/claims?by=flow",),
        "claims that held, by signal": ("/reports/claims?by=signal",),
        "claims that held, by model": ("/reports/claims?by=model",),
        "duplicates": ("/duplicates",),
        "conflicts": ("/conflicts",),
        "imports": ("/imports",),
        "going out": ("/out",),
    }
    return [Target(name, Role.MARKETER, paths) for name, paths in asked.items()]


def _selling(ids: Ids) -> list[Target]:
    asked: tuple[tuple[str, Role, tuple[str, ...]], ...] = (
        ("today", Role.REP, ("/today",)),
        ("today, desk", Role.DESK, ("/today",)),
        ("own answers", Role.REP, ("/you/answers",)),
        ("claims that held, by rep", Role.MANAGER, ("/reports/claims?by=rep",)),
        ("brief", Role.REP, _each("/handoffs/{}", ids["handoff"])),
        ("person, own", Role.REP, _each("/people/{}", ids["own"])),
        ("decisions, own", Role.REP, _before("/decisions", ids["decision"])),
        ("stuck", Role.MANAGER, ("/stuck",)),
        ("decisions", Role.MANAGER, _before("/decisions", ids["decision"])),
        ("decision", Role.MANAGER, _each("/decisions/{}", ids["decision"])),
        ("promises", Role.MANAGER, ("/promises",)),
        ("promises, own", Role.REP, ("/promises",)),
        ("transfers", Role.ACCOUNT_MANAGER, ("/transfers",)),
        ("desk", Role.DESK, ("/desk",)),
        ("absences", Role.MANAGER, ("/absences",)),
        ("operations", Role.ADMIN, ("/ops",)),
        ("audit", Role.ADMIN, _before("/audit", ids["person"])),
        ("team", Role.ADMIN, ("/team",)),
        ("tokens", Role.ADMIN, ("/tokens",)),
    )
    return [Target(*each) for each in asked]


def _reports(ids: Ids) -> list[Target]:
    page, cells = "/reports/sources", "/reports/people?measure="
    asked: dict[str, tuple[str, ...]] = {
        "report": (page,),
        "report, filtered": (f"{page}?source=fair", f"{page}?since=2026-06"),
        "report, people": (
            f"{cells}leads",
            f"{cells}leads&source=fair&campaign=demo&month=2026-03",
            f"{cells}won&source=fair",
            f"{cells}buyers&stage_found=decision",
            f"{cells}checked&claimed=evaluation&verdict=earlier&source=site",
        ),
        "API report": ("/api/v1/reports/sources", "/api/v1/reports/sources?source=fair&limit=200"),
        "API funnel": ("/api/v1/reports/funnel", "/api/v1/reports/funnel?source=fair"),
        "API claims": ("/api/v1/reports/claims",),
        "report, people of a rep": _each(f"{cells}checked&rep={{}}", ids["rep"]),
        "report, people of a flow and signal": (
            f"{cells}checked&flow=",
            f"{cells}checked&signal=evaluation.form&verdict=earlier",
        ),
        "API report people": ("/api/v1/reports/people?measure=won&limit=200",),
    }
    found = [Target(name, Role.MANAGER, paths) for name, paths in asked.items()]
    return [*found, Target("report, whole as CSV", Role.MANAGER, (f"{page}.csv",), goal=False)]


def _programs(ids: Ids) -> list[Target]:
    lists = (
        "prospects", "prospects?stage=decision", "prospects?lifecycle=won", "activities", "activities?kind=reply",
        "activities?kind=chat", "accounts", "accounts?q=nimbus", "accounts?domain=firm77.example",
        "opportunities", "segments", "flows", "enrollments", "enrollments?state=parked", "sends",
        "sends?state=held", "sends?template=other", "sends?flow=other", "handoffs", "handoffs?state=held",
        "handoffs?state=lost", "promises", "promises?state=late", "promises?state=kept", "people", "decisions",
        "sources", "deliveries", "deliveries?state=received", "tokens", "audit", "audit?act=replay", "audit?about=41",
        "hooks", "calls", "transfers", "write-ups", "models", "trainings", "known-before", "rules-changes",
        "duplicates", "merges", "conflicts", "destinations", "conversions", "conversions?state=waiting", "opportunities",
        "reports/accuracy", "reports/accuracy?by=rep", "reports/accuracy?by=flow", "reports/accuracy?by=signal",
    )  # fmt: skip
    asked: dict[str, tuple[str, ...]] = {f"API {each}": (f"/api/v1/{each}",) for each in lists}
    asked |= {
        "API prospects search": _each("/api/v1/prospects?q={}", WORDS),
        "API prospect by e-mail": ("/api/v1/prospects?email=nobody@firm77.example",),
        "API prospect": _each("/api/v1/prospects/{}", ids["person"]),
        "API timeline": _each("/api/v1/prospects/{}/timeline?limit=200", ids["heavy"]),
        "API assessments": _each("/api/v1/prospects/{}/assessments", ids["person"]),
        "API assessments, seen over time": _each("/api/v1/prospects/{}/assessments", ids["moved"]),
        "API overrides": _each("/api/v1/prospects/{}/overrides", ids["moved"]),
        "API model": _each("/api/v1/models/{}", ids["model"]),
        "API models, further on": ("/api/v1/models?limit=200",),
        "API change of rules": _each("/api/v1/rules-changes/{}", ids["change"]),
        "API crossings": _each("/api/v1/rules-changes/{}/crossings", ids["change"]),
        "API account": _each("/api/v1/accounts/{}", ids["company"]),
        "API segment members": _each("/api/v1/segments/{}/members", list(CONDITIONS)),
        "API decisions of a handoff": _each(
            "/api/v1/decisions?handoff={}", [each.partition("/")[2] for each in ids["handoff"]]
        ),
    }
    own = ("prospects", "prospects?q=Weber", "accounts", "handoffs", "decisions", "promises")
    return [
        *(Target(name, Role.ADMIN, paths) for name, paths in asked.items()),
        *(Target(f"API {each}, own", Role.REP, (f"/api/v1/{each}",)) for each in own),
    ]


def _operators() -> list[Target]:
    return [
        Target(f"{name[1:]} for operators", Role.ADMIN, (name,)) for name in ("/metrics", "/readyz")
    ]
