"""The ledger of mails: planned once, handed over at most once, settled by what the other side said."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from nurture import allowed, opens
from nurture.allowed import Forbidden
from nurture.headers import mailbox
from nurture.rows import SendRow
from nurture.sending import (
    LOST,
    AskAgain,
    Letter,
    Letterhead,
    Planned,
    SendRef,
    SendState,
)
from nurture.templates import OWNER, MailTemplate
from nurture.unsubscribing import token_of
from nurture.wording import values_of
from prospects import configuration, consents, groups, outbox, team
from prospects.configuration import Document
from prospects.ids import AccountId, MemberId, ProspectId, SendId, new_id
from prospects.mail_names import message_id, return_address
from prospects.member import Member
from prospects.rows import AccountRow, ProspectRow
from prospects.store import insert_new, table_of
from prospects.topics import Topic
from prospects.values import Company, Person

MAIL = "mail"
"""The kind of configuration document."""
LEASE = timedelta(seconds=25)
"""How long a hand-over may take before the mail's fate counts as unknown."""


def plan(session: Session, planned: Sequence[Planned], now: datetime) -> None:
    """Promise these mails; one (enrollment, step, visit) is promised once, however often it is asked."""
    rows = [
        {
            "prospect_id": each.prospect_id,
            "id": new_id(now),
            "enrollment_id": each.enrollment.id,
            "flow": each.enrollment.flow,
            "step": each.mail.step,
            "visit": each.mail.visit,
            "template": each.mail.template,
            "topic": each.mail.topic,
            "state": SendState.PLANNED,
            "attempts": 0,
            "planned_at": now,
        }
        for each in planned
    ]
    columns = table_of(SendRow).c
    written = insert_new(
        session,
        SendRow,
        rows,
        on=["prospect_id", "enrollment_id", "step", "visit"],
        returning=[columns.prospect_id, columns.id],
    )
    refs = [SendRef(ProspectId(who), SendId(which)) for who, which in written]
    outbox.post(session, Topic.MAIL, refs, now)


def hand_over(
    session: Session, ref: SendRef, now: datetime, head: Letterhead
) -> Letter | AskAgain | None:
    """The letter to hand over, its send now in `handing_over`: commit before the first byte leaves.

    The last look: live, stopped, suppressed, withdrawn, erased. The person is locked, so that an
    unsubscription that committed earlier has been seen and a later one waits for this commit.
    None when there is nothing to do: gone already, held, suppressed, or of unknown fate.
    """
    person = groups.lock(session, ref.prospect_id)
    send = session.get(SendRow, (ref.prospect_id, ref.send_id), with_for_update=True)
    if person is None or send is None:
        return None
    if send.state == SendState.HANDING_OVER:
        return _whose_worker_died(send, now)
    if send.state != SendState.PLANNED:
        return None
    template = configuration.parsed(session, MAIL, mails).get(send.template)
    forbidden = allowed.verdict(session, person, send.topic, secret=head.secret)
    if forbidden is None and send.reason is None:
        # Neither let go by a person nor tried before: this is the first time that it would leave.
        forbidden = allowed.since_restored(session, person)
    if forbidden is None and template is None:
        forbidden = Forbidden(SendState.HELD, f"there is no mail {send.template}")
    if forbidden is not None or template is None:
        assert forbidden is not None
        send.state, send.reason = forbidden.state, forbidden.reason
        return None
    letter = _letter(session, person, send, template, now=now, head=head)
    send.state, send.reason = SendState.HANDING_OVER, None
    send.handed_over_at, send.lease_until = now, now + LEASE
    send.attempts += 1
    send.message_id = letter.message_id
    send.sender, send.reply_to, send.address = letter.sender, letter.reply_to, letter.address
    return letter


def mails(documents: Mapping[str, Document]) -> dict[str, MailTemplate]:
    """Every mail of the workspace by slug."""
    return {slug: MailTemplate.model_validate(each.body) for slug, each in documents.items()}


def _whose_worker_died(send: SendRow, now: datetime) -> AskAgain | None:
    """Nobody knows whether it left; so nobody sends it again."""
    if send.lease_until is not None and send.lease_until > now:
        return AskAgain(send.lease_until - now)
    send.state, send.reason = SendState.UNKNOWN, LOST
    send.settled_at, send.lease_until = now, None
    return None


def _letter(
    session: Session,
    person: ProspectRow,
    send: SendRow,
    template: MailTemplate,
    *,
    now: datetime,
    head: Letterhead,
) -> Letter:
    ref = SendRef(ProspectId(send.prospect_id), SendId(send.id))
    address = person.email or ""
    owner = team.member(session, MemberId(person.owner_id)) if person.owner_id else None
    token = token_of(head.secret, ProspectId(person.id), address, send.topic)
    url = f"{head.base_url}/u/{token}"
    sender = _mailbox(template.sender, owner) or head.mail_from
    _, at_domain = mailbox("from", sender)
    return_to = return_address(ref.name, head.return_domain) if head.return_domain else None
    return Letter(
        ref=ref,
        template=template,
        values=values_of(
            person_of(person), company_of(session, person), owner, unsubscribe_url=url
        ),
        address=address,
        sender=sender,
        reply_to=_mailbox(template.reply_to, owner) or _answers(template, owner, return_to),
        return_to=return_to,
        message_id=send.message_id or message_id(ref.name, at_domain.rpartition("@")[2]),
        unsubscribe_url=url,
        at=now,
        with_dot=consents.agreed(session, ProspectId(person.id), opens.TOPIC),
    )


def _answers(template: MailTemplate, owner: Member | None, return_to: str | None) -> str | None:
    """Answers come back to us, but not those to a colleague who wrote the mail themself."""
    return None if template.sender == OWNER and owner is not None else return_to


def _mailbox(written: str | None, owner: Member | None) -> str | None:
    """`owner` becomes the person's owner here; without one, nothing is said."""
    if written != OWNER:
        return written
    if owner is None:
        return None
    # Not encoded here: that is for whoever packs the mail, and an encoded word is refused.
    shown = "".join(char for char in owner.name if char not in '"<>')
    return f"{shown} <{owner.email}>"


def person_of(row: ProspectRow) -> Person:
    """The person as a mail may speak of them."""
    return Person(
        email=row.email,
        name=row.name,
        title=row.title,
        company=row.company,
        country=row.country,
        language=row.language,
        fields=row.fields or {},
    )


def company_of(session: Session, row: ProspectRow) -> Company | None:
    """Their company, as far as it is known."""
    found = session.get(AccountRow, row.account_id) if row.account_id else None
    return Company(id=AccountId(found.id), domain=found.domain, name=found.name) if found else None
