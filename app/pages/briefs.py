"""Composes the offer and brief pages from a handoff as it stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from app import capture_address
from app.pages import calling, papers, words
from app.pages.desk import Desk
from app.pages.urgency import SOON_ANSWER, SOON_OFFER, SOON_PROMISE, tone
from app.pages.views import (
    Brief,
    Contact,
    Decider,
    Evidence,
    Finding,
    Offer,
    Promise,
    Tone,
    Who,
)
from app.settings import Settings
from prospects.bidi import isolated
from prospects.ids import ActivityId
from prospects.kinds import Kind, Verdict
from prospects.rows import ActivityRow
from prospects.values import Activity
from routing.finding_rows import ConfirmationRow, ContactAttemptRow, PromiseRow
from routing.lives import HandoffState
from routing.wording import line

LONGEST_SUBJECT = 120
ENDED = (HandoffState.WON, HandoffState.LOST)


def address(desk: Desk) -> str:
    """Where this handoff is shown."""
    return f"/handoffs/{desk.handoff.prospect_id}/{desk.handoff.id}"


def decision(desk: Desk) -> str | None:
    """Where it stands why this rep got it, and why not each other one."""
    made = desk.handoff.decision_id
    return f"/decisions/{desk.handoff.prospect_id}/{made}" if made else None


def who(desk: Desk) -> Who:
    """The person it is about."""
    return papers.who(desk.handoff.prospect_id, desk.handoff.brief)


def offer(desk: Desk, now: datetime) -> Offer:
    """The offer page; it holds nothing to reach the person with."""
    row = desk.handoff
    return Offer(
        url=address(desk),
        who=who(desk),
        claim=papers.claim(row.brief),
        ladder=papers.rungs(row.brief, desk.stages),
        why_you=_why(desk),
        grade=papers.grade(row.brief),
        standing=papers.standing(row.brief, hides=desk.hides),
        summary=papers.history(row.brief),
        expires_at=row.expires_at,
        reasons=words.DECLINES,
        lane=row.lane,
        decision_url=decision(desk),
        later=words.LATER if row.state == HandoffState.OFFERED else (),
        drawn=row.drawn is not None,
        tone=tone(row.expires_at, now, SOON_OFFER),
    )


def brief(desk: Desk, now: datetime, *, reach: bool, by: str, draft_key: str) -> Brief:
    """The brief page. `reach`: whether the viewer may see how to reach the person; `by`: the rep's name."""
    row, found = desk.handoff, desk.confirmation
    return Brief(
        url=address(desk),
        who=who(desk),
        contact=papers.contact(row.buyer) if reach and desk.accepted else Contact(),
        claim=papers.claim(row.brief),
        standing=papers.standing(row.brief, hides=desk.hides),
        ladder=papers.rungs(row.brief, desk.stages, stage_found(desk)),
        questions=() if found else papers.questions(row.brief),
        unknown=() if found else row.brief.get("unknown") or (),
        needs=found.still_needed if found else row.brief.get("needs") or (),
        content=papers.content(row.brief),
        upcoming=papers.mailings(row.brief),
        changes=_changes(desk),
        why_you=_why(desk),
        order=decided(desk),
        confirm_by=row.confirm_by if row.state == HandoffState.ACCEPTED else None,
        attempts=[Evidence(text=_tried(each), at=each.at) for each in desk.attempts],
        promises=[_promise(each, now) for each in desk.promises],
        finding=finding(found, desk.stages, by) if found else None,
        draft_key=draft_key,
        tone=tone(row.confirm_by, now, SOON_ANSWER),
        closed=words.CLOSED.get(row.state),
        own=desk.own,
        answerable=desk.own and row.state not in ENDED,
        endable=desk.own and row.state == HandoffState.CHECKED,
        decision_url=decision(desk),
        drawn=row.drawn is not None,
    )


def with_calling(shown: Brief, desk: Desk, now: datetime, zone: tzinfo) -> Brief:
    """The brief of a lead in hand: when to call them again, as it stands and as it can be set."""
    at = desk.call_back.at if desk.call_back else None
    return replace(
        shown,
        call_times=calling.times(now, zone, desk.hours),
        call_at=at,
        call_tone=calling.tone(at, now) if at else Tone.PLAIN,
    )


def with_capture(shown: Brief, desk: Desk, settings: Settings) -> Brief:
    """The brief with the lead's own address for a copy of what its rep writes, where there is one."""
    domain, contact = settings.capture_domain, shown.contact
    if domain is None or contact.email is None:
        return shown
    copies = capture_address.address(desk.ref.handoff_id, secret=settings.secret_key, domain=domain)
    return replace(shown, contact=replace(contact, capture=copies))


def stage_found(desk: Desk) -> str | None:
    """The stage the rep found: the claimed one where the buyer confirmed it."""
    found = desk.confirmation
    if found is None:
        return None
    return found.stage_found or (found.claimed if found.verdict == Verdict.CONFIRMED else None)


def decided(desk: Desk) -> bool:
    """Whether the buyer has said that they decided: then the rep stops selling and takes the order."""
    if desk.confirmation is None:
        return bool(desk.handoff.brief.get("advice"))
    return desk.deciding is not None and stage_found(desk) == desk.deciding


def finding(row: ConfirmationRow, stages: papers.Stages, by: str) -> Finding:
    """A confirmation as pages show it."""
    names = dict(stages)
    stage = row.stage_found or (row.claimed if row.verdict == Verdict.CONFIRMED else None)
    return Finding(
        verdict=words.verdict(row.verdict),
        stage=names.get(stage or "", stage),
        claimed=names.get(row.claimed or "", row.claimed),
        spoke_with=row.spoke_with,
        channel=dict(words.CHANNELS).get(row.channel, row.channel).lower(),
        at=row.at,
        fact=row.fact,
        by=by,
        still_needed=row.still_needed,
        deciders=[
            Decider(
                name=str(each.get("name", "")),
                role=str(each.get("role") or ""),
                stance=str(each.get("stance") or ""),
            )
            for each in row.deciders
        ],
    )


def _tried(row: ContactAttemptRow) -> str:
    how = dict(words.CHANNELS).get(row.channel or "", "A try")
    about = (row.note or "").strip().partition("\n")[0]
    return f"{how}: {about[:LONGEST_SUBJECT]}" if about else how


def _promise(row: PromiseRow, now: datetime) -> Promise:
    mood = Tone.GOOD if row.kept_at else tone(row.due_at, now, SOON_PROMISE)
    return Promise(id=str(row.id), what=row.what, due_at=row.due_at, tone=mood, kept_at=row.kept_at)


def _why(desk: Desk) -> Sequence[str]:
    return (words.sentence(desk.why),) if desk.why else ()


def _changes(desk: Desk) -> list[Evidence]:
    shown = [Evidence(text=line(_activity(each)), at=each.happened_at) for each in desk.changes]
    if desk.stage_now and desk.stage_now != desk.handoff.claimed_stage:
        name = dict(desk.stages).get(desk.stage_now, desk.stage_now)
        shown.insert(0, Evidence(text=f"Marketing now says {isolated(name)}."))
    return shown


def _activity(row: ActivityRow) -> Activity:
    return Activity(
        ActivityId(row.id), Kind(row.kind), row.happened_at, row.learned_at, row.source, row.body
    )
