"""A mail made whole again from what a service took apart: headers, texts, files. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32

from prospects.reading import UnreadableError
from prospects.texts import replace_unstorable

LOOKED_AT = 1 << 19
"""Bytes of a mail that are read: what people and servers write stands before files and what is sent back."""
LONGEST_HEADER = 20_000
MOST_LINES, MOST_PARTS, MOST_NESTED = 2000, 2000, 100
_BLANK = re.compile(rb"\r?\n\r?\n")
_PART = re.compile(rb"(?m)^--\S")
_NESTED = re.compile(rb"(?im)^content-type:\s*(?:multipart|message)/")
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
_TYPE_READ = re.compile(r"(?i)(?:message|text)/")
"""Files that may tell something: a report, the mail that is sent back."""
_OURS = frozenset({"content-type", "content-transfer-encoding", "mime-version"})


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of the mail: its type, its bytes."""

    content_type: str
    content: bytes


class _Plainly(Compat32):
    """Headers are texts, also those with bytes of an alphabet that nothing states; of long ones the beginning."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        cut = value[:LONGEST_HEADER]
        return cut.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def read_mail(raw: bytes) -> Message:
    """The mail in these bytes, or in the first of them. Raises UnreadableError for one that is made to hold us up."""
    some = raw.lstrip(b"\r\n")[:LOOKED_AT]
    head = _BLANK.split(some, maxsplit=1)[0]
    if head.count(b"\n") > MOST_LINES:
        raise UnreadableError(f"a mail with more than {MOST_LINES} lines of headers")
    # Each costs more than the one before it: hundreds of thousands would take minutes.
    if len(_PART.findall(some)) > MOST_PARTS or len(_NESTED.findall(some)) > MOST_NESTED:
        raise UnreadableError(
            f"a mail of more than {MOST_PARTS} parts, or {MOST_NESTED} in each other"
        )
    return message_from_bytes(some, policy=_Plainly())


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
            mail[name] = " ".join(str(replace_unstorable(value[:LONGEST_HEADER])).split())
    for words, sort in ((text, "plain"), (html, "html")):
        if words:
            mail.attach(MIMEText(str(replace_unstorable(words)), sort, "utf-8"))
    for each in enclosed:
        if _TYPE_READ.match(each.content_type.strip()):
            mail.attach(_part(each))
    return mail


def _part(each: Enclosed) -> Message:
    sort = each.content_type.split(";")[0].strip().lower()
    known = sort if _TYPE.fullmatch(sort) else "text/plain"
    return read_mail(f"Content-Type: {known}\n\n".encode() + each.content)
