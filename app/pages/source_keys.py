"""What pages say of a source's secrets: how they are changed without losing a lead, and when a token ends. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.pages.source_views import Health
from app.pages.views import Tone
from app.pages.words import several
from webhooks.sources import Source, SourceKind

WARNED = 14
"""Days before a token ends from which its source says so: time enough to find who may renew it."""
WITHOUT_SECRETS = frozenset({SourceKind.HTML_FORM, SourceKind.SES})
"""Kinds that share no secret with their sender."""


def rotation(source: Source) -> Sequence[str]:
    """The steps that change this source's secret while leads keep coming; none where there is none."""
    if source.kind in WITHOUT_SECRETS and not (source.secrets or source.token):
        return ()
    if source.secrets:
        count = len(source.secrets)
        now = "One verifies now." if count == 1 else f"{count} verify now, each by itself."
        return (
            f"Add the new one to secrets in sources.yaml, before the old one. {now}",
            "Run warmline apply: from then on both verify.",
            "Give the platform the new one.",
            "Once deliveries come in with it, take the old one out and apply again.",
        )
    where = "token" if source.token else "auth"
    return (
        f"Make a second source of the same kind with the new {where}, and apply.",
        "Give the platform the new source's address and secret.",
        "Once deliveries come in there, switch this one off with active: false.",
    )


def ends(source: Source | None, today: date) -> str:
    """When the token ends with which the platform is asked; empty where nobody wrote it down or asks."""
    if source is None or source.access_token_until is None:
        return ""
    left = (source.access_token_until - today).days
    if left < 0:
        return f"The access token ended {several(-left, 'day', 'days')} ago."
    return "The access token ends today." if left == 0 else (
        f"The access token ends in {several(left, 'day', 'days')}."
    )  # fmt: skip


def with_end(health: Health, source: Source | None, today: date) -> Health:
    """How a source is doing, where all else is well and its token ends soon or has ended."""
    if health.tone is not Tone.GOOD or source is None or source.access_token_until is None:
        return health
    left = (source.access_token_until - today).days
    if left > WARNED:
        return health
    line = f"{ends(source, today)} Renew it at the platform, and put the new one into sources.yaml."
    tone = Tone.BAD if left < 0 else Tone.SOON
    return replace(health, state="token ends" if left >= 0 else "token ended", tone=tone, line=line)
