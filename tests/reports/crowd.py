"""People of several sources and months, some offered, taken, checked and won, made by seed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from prospects import team, timeline
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind, Verdict
from prospects.rows import AccountRow, OpportunityRow, ProspectRow
from prospects.timeline import Fact
from routing.finding_rows import ConfirmationRow
from routing.rows import HandoffRow

SOURCES = ("linkedin", "site")
CAMPAIGNS = ("spring", "autumn", None)
STAGES = ("awareness", "evaluation", "decision")
FLOWS = ("spring", "spring_2", "")
SIGNALS = ("evaluation.form", "verdict.later", "stage.did.form", "")
MODELS = ("points/1", "card-0123456789ab", "")
VERDICTS = [each for each in Verdict if each is not Verdict.NOT_REACHED]


@dataclass(frozen=True, kw_only=True)
class Made:
    """What one person was made of; the reports are held against it."""

    id: UUID
    source: str
    campaign: str
    month: str
    offered: bool = False
    taken: bool = False
    verdict: Verdict | None = None
    claimed: str = ""
    found: str | None = None
    amount: Decimal | None = None
    flow: str = ""
    signal: str = ""
    model: str = ""


def crowd(session: Session, now: datetime, *, size: int = 60, seed: int = 7) -> list[Made]:
    """`size` people, with their rows."""
    team.save(session, [{"email": "rita@us.example", "roles": ["rep"]}], now)
    rita = team.by_email(session, "rita@us.example")
    assert rita is not None
    chance = Random(seed)
    made = [_somebody(session, now, chance, rita.id) for _ in range(size)]
    session.flush()
    return made


def touch(
    session: Session,
    person: UUID,
    at: datetime,
    source: str,
    campaign: str | None = None,
    *,
    robot: bool = False,
) -> None:
    """One form a person sent."""
    fact = Fact(
        prospect_id=ProspectId(person),
        kind=Kind.FORM,
        happened_at=at,
        source=source,
        key=f"{source}-{at.isoformat()}",
        body={"form": "guide", **({"campaign": campaign} if campaign else {})},
        suspect_robot=robot,
    )
    timeline.record(session, [fact], at, ring=False)


def happened(session: Session, person: UUID, at: datetime, kind: Kind, **body: object) -> None:
    """Something on the way to a rep is on record."""
    fact = Fact(
        prospect_id=ProspectId(person), kind=kind, happened_at=at, source="routing",
        key=f"{kind}{at}{body}", body=body,
    )  # fmt: skip
    timeline.record(session, [fact], at, ring=False)


def person(session: Session, now: datetime, **about: object) -> UUID:
    """Somebody without a history."""
    found = new_id(now)
    session.add(ProspectRow(id=found, created_at=now, changed_at=now, **about))
    session.flush()
    return found


def _somebody(session: Session, now: datetime, chance: Random, rep: UUID) -> Made:
    first = now - timedelta(days=chance.randrange(120))
    source, campaign = chance.choice(SOURCES), chance.choice(CAMPAIGNS)
    someone = person(session, now, name=f"Person {chance.randrange(1000)}")
    touch(session, someone, first, source, campaign)
    # A later touch elsewhere takes nothing from the first.
    touch(session, someone, first + timedelta(days=1), "elsewhere", "later")
    made = Made(id=someone, source=source, campaign=campaign or "", month=first.strftime("%Y-%m"))
    return _sold(session, made, first, chance, rep) if chance.random() < 0.7 else made


def _sold(session: Session, made: Made, first: datetime, chance: Random, rep: UUID) -> Made:
    taken, won = chance.random() < 0.8, chance.random() < 0.4
    deal = _deal(session, first, chance) if taken and won else None
    handoff = HandoffRow(
        prospect_id=made.id, id=new_id(first), lane="normal", rep_id=rep, brief_template=1,
        state="won" if deal else "accepted" if taken else "offered", requested_by="flow",
        opened_at=first, offered_at=first + timedelta(days=2),
        accepted_at=first + timedelta(days=3) if taken else None,
        closed_at=first + timedelta(days=9) if deal else None,
        opportunity_id=deal.id if deal else None,
    )  # fmt: skip
    session.add(handoff)
    session.flush()
    happened(session, made.id, first + timedelta(days=2), Kind.OFFERED)
    if taken:
        happened(session, made.id, first + timedelta(days=3), Kind.ACCEPTED)
    if deal:
        happened(session, made.id, first + timedelta(days=9), Kind.OUTCOME, result="won")
    kept = {**made.__dict__, "offered": True, "taken": taken}
    if not taken:
        return Made(**kept)
    verdict, claimed = chance.choice(VERDICTS), chance.choice(STAGES)
    found = chance.choice(STAGES) if verdict in ("confirmed", "earlier", "later") else None
    behind = _behind(chance)
    handoff.requested_by = f"flow {behind['flow']}, step 2" if behind["flow"] else "grew warm"
    said: dict[str, Any] = {"verdict": verdict, "claimed": claimed, "found": found}
    _confirm(session, handoff, **said, signal=behind["signal"], model=behind["model"])
    amount = deal.amount if deal else None
    return Made(**{**kept, **said, **behind, "amount": amount})


def _behind(chance: Random) -> dict[str, str]:
    """What a claim rests on; drawn apart, so that everything else stays as it is drawn."""
    apart = Random(chance.getstate()[1][0])
    return {
        "flow": apart.choice(FLOWS),
        "signal": apart.choice(SIGNALS),
        "model": apart.choice(MODELS),
    }


def _deal(session: Session, now: datetime, chance: Random) -> OpportunityRow:
    account = AccountRow(id=new_id(now), created_at=now)
    session.add(account)
    session.flush()
    amount = Decimal(chance.randrange(100, 9000)) + Decimal("0.10")
    deal = OpportunityRow(
        id=new_id(now), account_id=account.id, amount=amount, currency="EUR", state="won",
        created_at=now,
    )  # fmt: skip
    session.add(deal)
    session.flush()
    return deal


def _confirm(
    session: Session,
    handoff: HandoffRow,
    *,
    verdict: Verdict,
    claimed: str,
    found: str | None,
    signal: str = "",
    model: str = "",
) -> None:
    assert handoff.accepted_at is not None
    at = handoff.accepted_at + timedelta(days=1)
    for turn, said in enumerate((Verdict.NOT_A_BUYER, verdict)):
        # The first finding was corrected and no longer stands.
        session.add(
            ConfirmationRow(
                prospect_id=handoff.prospect_id, id=new_id(at), handoff_id=handoff.id,
                rep_id=handoff.rep_id, verdict=said, claimed=claimed, stage_found=found,
                spoke_with="Ida", channel="call", at=at, fact="x", recorded_at=at,
                superseded_at=None if turn else at,
                claimed_signal=signal or None, claimed_model=model or None,
                requested_by=handoff.requested_by,
            )
        )  # fmt: skip
        body = {"verdict": said, "claimed": claimed, "stage_found": found}
        happened(session, handoff.prospect_id, at, Kind.VERDICT, **body)
