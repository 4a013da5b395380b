"""Composes the brief a rep reads, as a plain document that is stored as shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from prospects.account_stage import AccountStage
from prospects.contact import without_contact
from prospects.ids import ActivityId, ProspectId
from prospects.kinds import BUYERS_OWN, Kind
from prospects.research.registry import unknown
from prospects.values import Activity, Finding, Snapshot, StageClaim, UpcomingMail
from routing.claim_told import account, signal_of
from routing.stages import Rung, deciding, rung_of
from routing.wording import line, short

TEMPLATE = 1
"""Version of the document's shape; a stored brief is shown by the template of its own version."""

SPOT_CHECK = "drawn by chance to be checked"
STOP_SELLING = "The buyer has decided. Stop selling, take the order."

HIGHLIGHTS = 12
EVIDENCE = 8
COLLEAGUES = 10
NOT_THERE = ("away", "left")
"""What a mailbox says by itself of whom it belongs to."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else we know at the account: by id alone, so that they can be forgotten on their own."""

    prospect_id: ProspectId
    stage: str | None


@dataclass(frozen=True, slots=True)
class Track:
    """Of the last `of` such claims (the same stage, as sure) that a rep checked: how many held, how many ordered."""

    of: int
    confirmed: int
    won: int


@dataclass(frozen=True, slots=True)
class Brief:
    """The paper, and apart from it how to reach the buyer, which is shown only after accepting."""

    paper: Document
    buyer: Document
    template: int = TEMPLATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the brief says beyond the person: the ladder, who else is there, what marketing will send."""

    ladder: Sequence[Rung]
    colleagues: Sequence[Colleague] = ()
    upcoming: Sequence[UpcomingMail] = ()
    requested_by: str = "grew warm"
    names: Mapping[str, str] = field(default_factory=dict)
    """Reps by id, for earlier findings."""
    track: Track | None = None
    account: AccountStage | None = None


def compose(seen: Snapshot, setting: Setting, now: datetime) -> Brief:
    """The brief of one person at `now`, as JSON holds it; instants are RFC 3339 in UTC."""
    claim = seen.claim
    stage = rung_of(setting.ladder, claim.stage if claim else None)
    paper: Document = {
        "at": stamp(now),
        "requested_by": setting.requested_by,
        "advice": advice(seen.finding, [rung.slug for rung in setting.ladder]),
        "who": _who(seen),
        "company": _company(seen),
        "claim": _claim(claim, stage, seen.activities),
        "track": _track(setting.track),
        "evidence": _evidence(claim, seen.activities),
        "questions": [dict(each) for each in stage.questions] if stage else [],
        "unknown": unknown(seen.person, seen.company),
        "needs": list(stage.needs) if stage else [],
        "content": [dict(each) for each in stage.content] if stage else [],
        "standing": _standing(seen),
        "history": history(seen.activities),
        "account": account(setting.account, setting.ladder),
        "colleagues": [_colleague(each) for each in setting.colleagues[:COLLEAGUES]],
        "next_mails": [_mail(each) for each in setting.upcoming],
        "source": _source(seen.activities),
        "findings": _findings(seen.activities, setting.names),
    }
    phone = seen.person.phone
    return Brief(without_contact(paper, phone), {"email": seen.person.email, "phone": phone})


def advice(finding: Finding | None, ladder: Sequence[str]) -> str | None:
    """What the rep should do above all, once the buyer's decision was heard from the buyer."""
    found = finding.stage if finding else None
    return STOP_SELLING if found is not None and found == deciding(ladder) else None


def stamp(at: datetime) -> str:
    """The instant as RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _who(seen: Snapshot) -> Document:
    person = seen.person
    return {
        "name": person.name,
        "title": person.title,
        "country": person.country,
        "language": person.language,
        "zone": person.zone,
    }


def _company(seen: Snapshot) -> Document | None:
    if seen.company is None:
        return {"name": seen.person.company, "domain": None} if seen.person.company else None
    name = seen.company.name or seen.person.company
    return {"name": name, "domain": seen.company.domain, **_plain(seen.company.fields)}


def _plain(fields: Mapping[str, Any]) -> Document:
    kept = {k: v for k, v in fields.items() if isinstance(v, str | int | float | bool)}
    return {key: short(value) if isinstance(value, str) else value for key, value in kept.items()}


def _claim(
    claim: StageClaim | None, stage: Rung | None, activities: Sequence[Activity]
) -> Document | None:
    if claim is None:
        return None
    return {
        "stage": claim.stage,
        "name": stage.name if stage else claim.stage,
        "confidence": round(claim.confidence, 2),
        "since": stamp(claim.at),
        "expires_at": stamp(claim.expires_at) if claim.expires_at else None,
        "model": claim.model,
        "signal": signal_of(claim, activities),
    }


def _track(track: Track | None) -> Document | None:
    return {"of": track.of, "confirmed": track.confirmed, "won": track.won} if track else None


def _evidence(claim: StageClaim | None, activities: Sequence[Activity]) -> list[Document]:
    """The reasons of the claim in words, the newest first."""
    happened: dict[ActivityId, datetime] = {each.id: each.happened_at for each in activities}
    found = []
    for reason in claim.reasons if claim else ():
        dates = [happened[each] for each in reason.activities if each in happened]
        found.append((max(dates, default=None), reason))
    found.sort(key=lambda pair: pair[0].timestamp() if pair[0] else 0.0, reverse=True)
    return [
        {
            "text": short(reason.text),
            "at": stamp(at) if at else None,
            "times": len(reason.activities),
        }
        for at, reason in found[:EVIDENCE]
    ]


def _standing(seen: Snapshot) -> Document:
    """What scoring says; a share (0–1) only where it is calibrated, and nothing of who objected to it."""
    if not seen.profiled:
        return {"profiled": False}
    return {
        **({} if seen.score is None else {"score": round(seen.score, 2)}),
        "grade": seen.grade,
        "points": round(seen.points, 1),
        "fit": round(seen.fit, 1),
        "engagement": round(seen.engagement, 1),
    }


def history(activities: Sequence[Activity]) -> list[Document]:
    """The latest things the buyer did, the newest first; a doubtful robot's are left out."""
    told = [each for each in activities if _is_of_use(each)]
    return [
        {"at": stamp(each.happened_at), "text": line(each)} for each in told[: -HIGHLIGHTS - 1 : -1]
    ]


def _is_of_use(act: Activity) -> bool:
    """Whether a rep wants to know it: what the buyer did, and that they are away or have left."""
    if act.kind is Kind.AUTO_REPLY:
        return act.body.get("says") in NOT_THERE
    return act.kind in BUYERS_OWN and not act.suspect_robot


def _colleague(colleague: Colleague) -> Document:
    return {"prospect": str(colleague.prospect_id), "stage": colleague.stage}


def _mail(mail: UpcomingMail) -> Document:
    return {"flow": mail.flow, "template": mail.template, "at": stamp(mail.at)}


def _source(activities: Sequence[Activity]) -> Document | None:
    """Where the person came from first, and the last campaign that was named."""
    outside = [each for each in activities if each.kind in BUYERS_OWN]
    if not outside:
        return None
    campaigns = [short(each.body["campaign"]) for each in outside if each.body.get("campaign")]
    return {
        "source": outside[0].source,
        "first_at": stamp(outside[0].happened_at),
        "campaign": campaigns[-1] if campaigns else None,
    }


def _findings(activities: Sequence[Activity], names: Mapping[str, str]) -> list[Document]:
    """What reps found before, the newest first."""
    verdicts = [each for each in activities if each.kind is Kind.VERDICT]
    return [
        {
            "at": stamp(each.happened_at),
            "rep": names.get(str(each.body.get("rep"))),
            "verdict": each.body.get("verdict"),
            "claimed": each.body.get("claimed"),
            "stage_found": each.body.get("stage_found"),
            "spoke_with": each.body.get("spoke_with"),
            "fact": each.body.get("fact"),
            "still_needed": list(each.body.get("still_needed", ())),
        }
        for each in reversed(verdicts)
    ]
