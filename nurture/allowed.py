"""The last look before a mail leaves: may this person be mailed about this, from here, now?"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from nurture.sending import NO_ADDRESS, NOT_LIVE, RESTORED, STOPPED, SendState
from nurture.switches import Switch, restored_at, switched_on
from prospects import consents, groups, team
from prospects.identities import domain_of, is_free_mail
from prospects.ids import ProspectId
from prospects.rows import ActivityRow, ProspectRow


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Why not: `held` can be freed by a person, `suppressed` cannot."""

    state: SendState
    reason: str


def verdict(session: Session, person: ProspectRow, topic: str, *, secret: str) -> Forbidden | None:
    """None if nothing stands in the way of mailing this person about this topic now."""
    if person.erased_at is not None:
        return Forbidden(SendState.SUPPRESSED, "erased")
    if not person.email:
        return Forbidden(SendState.SUPPRESSED, NO_ADDRESS)
    who = ProspectId(person.id)
    barred = consents.barred(session, {who: person.email}, topic, secret=secret)
    if who in barred:
        return Forbidden(SendState.SUPPRESSED, barred[who])
    switches = switched_on(session)
    if Switch.MAIL_STOPPED in switches:
        return Forbidden(SendState.HELD, STOPPED)
    if Switch.LIVE not in switches and not _is_ours(session, person.email):
        return Forbidden(SendState.HELD, NOT_LIVE)
    return None


def since_restored(session: Session, person: ProspectRow) -> Forbidden | None:
    """Whether this may repeat a mail that left after the backup which we come from was made.

    So it is for everybody who had done anything before the restore: a timer that has run out, or a
    lead that was not read yet, has most likely had its mail in the life we know nothing of.
    """
    at = restored_at(session)
    if at is None:
        return None
    before = select(ActivityRow.id).where(
        ActivityRow.prospect_id.in_(groups.whole(session, ProspectId(person.id))),
        ActivityRow.happened_at <= at,
    )
    known = session.execute(before.limit(1)).first() is not None
    return Forbidden(SendState.HELD, RESTORED) if known else None


def _is_ours(session: Session, email: str) -> bool:
    """Whether this is the team's own domain; of a free-mail domain only a colleague's own address."""
    ours = {member.email for member in team.members(session)}
    domains = {found for each in ours if (found := domain_of(each)) and not is_free_mail(found)}
    return email.lower() in ours or domain_of(email) in domains
