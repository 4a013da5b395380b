"""The topic `check`: tries mail, DNS and the way in from outside, because somebody asked for it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy.orm import Session

from app.checkup import asking, mails, names, sender, site
from app.checkup.part import Part, kept
from app.checkup.rows import CheckRow, Kind, State
from app.jobs.errand import Done, Errand, Settled
from app.jobs.mail import hand_over, letterhead
from app.letters import Content, Headers
from app.settings import Settings
from nurture.sending import Answer, Unknown
from prospects import team
from prospects.identities import registrable_domain
from prospects.ids import MemberId
from prospects.member import Member
from webhooks import outbound
from webhooks.outbound import Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look to take: what was asked, when, and who wants to know."""

    kind: Kind
    about: str
    asked_at: datetime
    by: Member
    selector: str | None
    seen: str
    now: datetime


def prepare(session: Session, ref: str, now: datetime, settings: Settings) -> Look | None:
    """The look to take; None when it was taken.

    That it is under way is committed first: a mail that was perhaps handed over is not sent again.
    """
    row = session.get(CheckRow, ref)
    member = team.member(session, MemberId(row.member_id)) if row else None
    if row is None or member is None or not member.active:
        return None
    kind, is_mail = Kind(row.kind), row.kind in (Kind.MAIL, Kind.OFFER)
    if is_mail and row.state == State.UNDER_WAY:
        lost = mails.told(Unknown("lost"), server=row.about, sender="")
        row.state, row.parts, row.settled_at = State.FAILED, [kept(lost)], now
    if row.state not in (State.WAITING, State.UNDER_WAY) or row.asked.get("told"):
        return None
    if kind is Kind.OFFER:
        row.asked = {**row.asked, "told": True}
    else:
        row.state = State.UNDER_WAY
    return Look(
        kind=kind,
        about=row.about,
        asked_at=row.asked_at,
        by=member,
        selector=row.asked.get("selector"),
        seen=str(row.asked.get("seen", "")),
        now=now,
    )


def act(look: Look, settings: Settings) -> Sequence[Part]:
    """Look; every failure is a part in words."""
    match look.kind:
        case Kind.MAIL:
            content = mails.trial(letterhead(settings).base_url)
            return [_mailed(look, content, settings)]
        case Kind.OFFER if settings.smtp_url is None:
            return []
        case Kind.OFFER:
            content = mails.offer(letterhead(settings).base_url)
            return [_mailed(look, content, settings)]
        case Kind.SENDER:
            return sender.look(_sender(look), names.asker(settings.dns))
        case Kind.SITE:
            return _reach(look, settings)
        case _:
            assert_never(look.kind)


def settle(
    session: Session, look: Look, result: Sequence[Part], now: datetime, settings: Settings
) -> Settled:
    """Write down what was found."""
    passed = all(part.done for part in result)
    if look.kind is Kind.SITE:
        passed = site.reached(look.about, result)
    found = asking.Found(parts=result, passed=passed, at=now)
    asking.settle(session, look.kind, look.asked_at, found)
    return Done()


def _sender(look: Look) -> sender.Sender:
    domain, _, server = look.about.partition(" ")
    return sender.Sender(
        domain=domain,
        organisation=registrable_domain(domain) or domain,
        server=server or None,
        selector=look.selector,
    )


def _mailed(look: Look, content: Content, settings: Settings) -> Part:
    head = letterhead(settings)
    answer = _handed_over(look, content, head.mail_from, settings)
    return mails.told(answer, server=look.about, sender=head.mail_from)


def _handed_over(look: Look, content: Content, mail_from: str, settings: Settings) -> Answer:
    headers = Headers(
        sender=mail_from,
        recipient=look.by.email,
        message_id=f"<{secrets.token_hex(16)}.check@{mail_from.rpartition('@')[2].strip('> ')}>",
        at=look.now,
    )
    return hand_over(content, headers, settings)


def _reach(look: Look, settings: Settings) -> Sequence[Part]:
    nonce = secrets.token_hex(16)
    url = f"{look.about}/healthz?nonce={nonce}"
    answer = outbound.get(url, {}, allow=settings.egress_allow)
    visit = site.your_request(look.about, look.seen)
    if not isinstance(answer, Answered):
        why = site.INSIDE if answer.forbidden else answer.reason
        return [site.own_request(look.about, None, why, proven=False), visit]
    said = answer.headers.get(site.PROOF.lower(), "")
    proven = secrets.compare_digest(said.encode(), site.proof(settings.secret_key, nonce).encode())
    return [site.own_request(look.about, answer.status, "", proven=proven), visit]


ERRAND = Errand(prepare=prepare, act=act, settle=settle)
