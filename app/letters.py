"""Puts a mail into the form it travels in, and lets nothing into its headers that is not ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE

from email_validator import EmailNotValidError, validate_email

from app.mail import Parcel
from nurture.headers import HeaderError, mailbox, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A mail as it will be read."""

    subject: str
    text: str
    html: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """From whom, to whom; `unsubscribe_url` for every mail that marketing sends.

    `return_to` is where it goes if it cannot be delivered, unless to the sender; `marks` are further
    headers, for the mail service alone.
    """

    sender: str
    recipient: str
    message_id: str
    at: datetime
    reply_to: str | None = None
    unsubscribe_url: str | None = None
    return_to: str | None = None
    marks: Mapping[str, str] = field(default_factory=dict)


def pack(content: Content, headers: Headers) -> Parcel:
    """The mail as bytes, with its envelope; raises HeaderError for what cannot stand in a header."""
    shown, sender = mailbox("from", headers.sender)
    recipient = _ascii(headers.recipient)
    message = EmailMessage(policy=WIRE)
    message["From"] = Address(shown, addr_spec=_ascii(sender))
    message["To"] = Address(addr_spec=recipient)
    message["Date"] = headers.at
    if headers.reply_to:
        name, address = mailbox("reply-to", headers.reply_to)
        message["Reply-To"] = Address(name, addr_spec=_ascii(address))
    message.set_content(_storable(content.text), cte="quoted-printable")
    if content.html is not None:
        message.add_alternative(_storable(content.html), subtype="html", cte="quoted-printable")
    body = message.as_bytes()
    _refuse_strangers(body, message)
    return Parcel(
        _ascii(headers.return_to or sender), recipient, _own_lines(content, headers) + body
    )


def _own_lines(content: Content, headers: Headers) -> bytes:
    """Headers whose long words the library would fold or encode; receivers must read them as they are."""
    lines = [f"Subject: {_subject(content.subject)}"]
    lines.append(f"Message-ID: {one_line('message id', headers.message_id)}")
    if headers.unsubscribe_url:
        lines.append(f"List-Unsubscribe: <{one_line('way out', headers.unsubscribe_url)}>")
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    lines += [f"{name}: {one_line('mark', value)}" for name, value in headers.marks.items()]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _subject(text: str) -> str:
    """As encoded words, all of it: the library's own folding loses blanks between them."""
    if one_line("subject", text).isascii():
        return text
    return Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")


def _refuse_strangers(body: bytes, message: EmailMessage) -> None:
    """Whatever the mail library did with the values, no header may stand there that we did not set."""
    head = body.partition(b"\r\n\r\n")[0].split(b"\r\n")
    written = [line.partition(b":")[0].lower() for line in head if line[:1] not in (b" ", b"\t")]
    bare = any(b"\n" in line or b"\r" in line for line in head)
    if bare or written != [name.lower().encode() for name in message.keys()]:  # noqa: SIM118
        raise HeaderError("a header would have been added")


def _ascii(address: str) -> str:
    try:
        checked = validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise HeaderError("this is not a mail address") from error
    if checked.ascii_email is None:
        raise HeaderError("addresses beyond ASCII before the @ cannot be mailed yet")
    return checked.ascii_email


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
