"""A mail made whole again from what a service took apart: headers, texts, files. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from prospects.texts import replace_unstorable

_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
_OURS = frozenset({"content-type", "content-transfer-encoding", "mime-version"})


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of the mail: its type, its bytes."""

    content_type: str
    content: bytes


def read_mail(raw: bytes) -> Message:
    """The mail in these bytes; whatever they are, there is one, if perhaps an empty one."""
    return message_from_bytes(raw.lstrip(b"\r\n"))


def made_whole(
    headers: Iterable[tuple[str, str]],
    *,
    text: str | None,
    html: str | None,
    enclosed: Sequence[Enclosed] = (),
) -> Message:
    """The mail that these were parts of, near enough to be read as one."""
    mail = MIMEMultipart("mixed")
    for name, value in headers:
        if name.lower() not in _OURS and name.isascii() and name.isprintable():
            mail[name] = " ".join(str(replace_unstorable(value)).split())
    for words, sort in ((text, "plain"), (html, "html")):
        if words:
            mail.attach(MIMEText(str(replace_unstorable(words)), sort, "utf-8"))
    for each in enclosed:
        mail.attach(_part(each))
    return mail


def _part(each: Enclosed) -> Message:
    sort = each.content_type.split(";")[0].strip().lower()
    known = sort if _TYPE.fullmatch(sort) else "application/octet-stream"
    return message_from_bytes(f"Content-Type: {known}\n\n".encode() + each.content)
