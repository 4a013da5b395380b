"""The right person, named by the wrong one, becomes a lead of the same company."""

from datetime import datetime

from sqlalchemy.orm import Session

from prospects import people, timeline, words
from prospects.identities import read_email
from prospects.identity import Lead, of_address
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from prospects.values import Person
from routing.finding import RightPerson
from routing.holding import Held


def refer(
    session: Session, held: Held, right: RightPerson, now: datetime, *, secret: str
) -> ProspectId | None:
    """Find or make the person named, at the account of who named them; None if they were forgotten before.

    They are told to the record as named, which is nothing they did themselves, so it warms nobody.
    """
    address = read_email(right.email)
    assert address is not None, "checked by routing.finding.check"
    lead = Lead(
        ref="right person",
        identities=(of_address(address.key, right.name),),
        person=Person(email=address.shown, name=right.name),
        happened_at=now,
    )
    prospect_id = people.resolve(session, [lead], now, secret=secret)[0].prospect_id
    if prospect_id is None or prospect_id == held.who:
        return prospect_id
    row = session.get_one(ProspectRow, prospect_id)
    row.account_id = row.account_id or held.person.account_id
    row.company = row.company or held.person.company
    session.flush()
    words.keep(session, [row])
    fact = Fact(
        prospect_id=prospect_id,
        kind=Kind.NOTE,
        happened_at=now,
        source="rep",
        key=f"named:{held.handoff.id}",
        body={"text": "Named as the right person to talk to", "by": str(held.who)},
    )
    timeline.record(session, [fact], now)
    return prospect_id
