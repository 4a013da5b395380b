"""What a mail service or a mailbox says of a mail of ours, in the one form all of them come to. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from prospects import robots
from prospects.bounces import Bounce
from prospects.kinds import Kind
from prospects.mail_names import MailName, named
from webhooks.instants import Told

ALL_MAIL = "*"
MARK = "warmline"
"""Under this name services carry a mail's name along: SendGrid's unique args, Mailgun's variables, …"""
LONGEST_WORDS = 500
LONGEST_LINK = 2000
APPLE = "apple"
SCANNER = "scanner"


@dataclass(frozen=True, slots=True)
class Bar:
    """The address must not be mailed about `topic` again, and why."""

    reason: str
    topic: str = ALL_MAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One thing that was said of a mail of ours; nobody new is made known by it.

    `mail` is the mail it names, `address` whose mailbox it was. `proved`: the teller is believed about
    every address; else only about the very mail it names.
    `also` is what one fetched report tells of others.
    """

    space: str = "feedback"
    key: str | None
    label: str
    mail: MailName | None
    address: str | None
    kind: Kind
    happened_at: datetime
    body: Mapping[str, Any] = field(default_factory=dict)
    suspect_robot: bool = False
    bar: Bar | None = None
    proved: bool = True
    also: "tuple[Feedback, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A copy of what somebody here wrote to a buyer, to the address of the buyer's lead.

    Whose lead it is, and who wrote it, is for the topic `copy` to find out.
    """

    space: str = "copy"
    key: str
    label: str
    to: tuple[str, ...]
    sender: str
    subject: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One service's word of one mail, understood. `names` is whatever may hold the mail's name.

    `service_id` is the service's own name of the mail, `message_id` the one in the mail's header where
    it tells that as well, `topic` what an unsubscription is about;
    `machine` says which machine opened or clicked, where the service saw that one did; `says` what a
    mailbox answered by itself.
    """

    kind: Kind
    key: str
    told: Told
    address: str | None
    names: Iterable[object] = ()
    service_id: str | None = None
    message_id: str | None = None
    subject: str | None = None
    bounce: Bounce | None = None
    status: str | None = None
    reason: str | None = None
    url: str | None = None
    machine: str | None = None
    says: str | None = None
    topic: str = ALL_MAIL


def feedback(word: Word, service: str) -> Feedback:
    """The word as an item; of long texts only the beginning is kept."""
    mail = named(word.names)
    body = {
        "service": service,
        "send": str(mail.send_id) if mail else None,
        "to": word.address,
        "mail_id": _short(word.service_id),
        "message_id": _short(word.message_id),
        "subject": _short(word.subject),
        "bounce": word.bounce,
        "status": _short(word.status),
        "reason": _short(word.reason),
        "url": word.url[:LONGEST_LINK] if word.url else None,
        "machine": word.machine,
        "says": word.says,
        "topic": word.topic if word.kind is Kind.UNSUBSCRIBED else None,
        "remark": word.told.remark,
    }
    return Feedback(
        key=word.key,
        label=word.key,
        mail=mail,
        address=word.address,
        kind=word.kind,
        happened_at=word.told.at,
        body={name: value for name, value in body.items() if value},
        suspect_robot=word.machine is not None,
        bar=bar_of(word.kind, word.bounce, word.topic),
    )


def bar_of(kind: Kind, bounce: Bounce | None, topic: str = ALL_MAIL) -> Bar | None:
    """What follows for the address: who bounced for good, complained or left is mailed no more."""
    match kind:
        case Kind.BOUNCED if bounce is Bounce.HARD:
            return Bar("bounced")
        case Kind.COMPLAINED:
            return Bar("complained")
        case Kind.UNSUBSCRIBED:
            return Bar("unsubscribed", topic)
        case _:
            return None


def machine_of(agent: object) -> str | None:
    """The machine that this user agent alone gives away."""
    if agent == robots.APPLES_PROXY:
        return APPLE
    told = isinstance(agent, str) and robots.is_robot({"user-agent": agent})
    return SCANNER if told else None


def text_at(document: object, *path: str) -> str | None:
    """The text (or number) under these names; None where there is none."""
    for name in path:
        document = document.get(name) if isinstance(document, Mapping) else None
    if isinstance(document, int | float) and not isinstance(document, bool):
        return str(document)
    return document if isinstance(document, str) and document else None


def texts_in(document: object) -> list[str]:
    """The texts of a mapping or list, as services carry metadata and tags along; two levels deep."""
    values = list(document.values()) if isinstance(document, Mapping) else document
    if not isinstance(values, list):
        return [values] if isinstance(values, str) else []
    flat = [one for each in values for one in (each if isinstance(each, list) else [each])]
    return [each for each in flat if isinstance(each, str)]


def _short(text: str | None) -> str | None:
    return " ".join(text.split())[:LONGEST_WORDS] if text else None
