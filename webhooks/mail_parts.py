"""The parts of a mail that somebody sent us, as text: what they wrote, and what they sent back. Pure."""

import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from html.parser import HTMLParser

ADDRESS = re.compile(
    r"[\w.+\-=/~!#$%&'*^`{|}?]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})+"
)
LONGEST = 200_000
"""Characters of one part that are looked at."""
_ORIGINAL = re.compile(
    r"(?im)^[ \t>]*(?:-{2,}.{0,20}\b(?:original|below this line|this is a copy|returned message|message header|"
    r"undelivered message|unsent message|forwarded|failed message|full text)\b.*|"
    r"received: ?(?:from|by) .*|return-path: ?.*|the (?:original|following) message .{0,30}(?:follows|attached).*)$"
)
_SILENT = frozenset({"script", "style", "head", "title"})
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "blockquote", "h1", "h2", "h3"})
_CHARSETS = ("utf-8", "cp1252")


def words_in(part: Message) -> str:
    """The text of one part, in whatever alphabet it says or seems to be."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    for charset in (part.get_content_charset(), *_CHARSETS):
        try:
            return payload[:LONGEST].decode(charset or "utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    return payload[:LONGEST].decode("latin-1")


def source_of(part: Message, *, body_only: bool = False) -> str:
    """A part as it was sent, its headers or without."""
    try:
        whole = part.as_bytes()[:LONGEST].decode("utf-8", "replace").replace("\r\n", "\n")
    except (LookupError, UnicodeError, ValueError, AssertionError, TypeError, AttributeError):
        return ""
    return whole.partition("\n\n")[2] if body_only else whole


def own_words(message: Message) -> str:
    """What the mail itself says: its texts, without the mail that it sends back and without attached files."""
    whole = all_words(message)
    original = _ORIGINAL.search(whole)
    return whole[: original.start()] if original and original.start() > 40 else whole


def all_words(message: Message) -> str:
    """The same, with what it quotes."""
    texts = [part for part in outer(message) if part.get_content_maintype() == "text"]
    inline = [each for each in texts if each.get_content_disposition() != "attachment"]
    for sorts in ({"plain"}, {"html"}, None):
        said = [_said(each, sorts) for each in inline]
        if any(each.strip() for each in said):
            break
    whole = "\n".join(said).strip()
    # A mail that is put together wrongly has no parts; then all of it is looked at.
    broken = any(part.get_content_maintype() == "multipart" for part in outer(message))
    return source_of(message, body_only=True) if broken and not whole else whole


def _said(part: Message, sorts: set[str] | None) -> str:
    """The text of a part, if it is of one of these sorts; None: of any but the headers of a mail."""
    sort = part.get_content_subtype()
    if sort == "rfc822-headers" or (sorts is not None and sort not in sorts):
        return ""
    return _untagged(words_in(part)) if sort == "html" else words_in(part)


def outer(message: Message) -> Iterator[Message]:
    """The parts of the mail itself; a mail inside it, or a report, is one of them and not looked into."""
    payload = message.get_payload()
    if message.get_content_maintype() != "multipart" or not isinstance(payload, list):
        yield message
        return
    for part in payload:
        if isinstance(part, Message):
            yield from outer(part)


def _untagged(html: str) -> str:
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):
        return html
    return "".join(reader.said)


class _Reader(HTMLParser):
    """The words of a page, with line breaks where it has them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


_DAEMONS = re.compile(
    r"(?i)mailer-?daemon|post_?master|mail[ -]?delivery|mail administrator|majordomo|mdaemon|^\s*<>\s*$|"
    r"delivery (?:status|subsystem)|\broot@"
)


def is_of_a_server(message: Message) -> bool:
    """Whether a mail server wrote it, by whom it says it is from."""
    return _DAEMONS.search(header(message, "from")) is not None


def returned_to(message: Message) -> str:
    """The To header of the mail that a report holds."""
    for part in message.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            found = re.search(r"(?im)^to:[ \t]*(.+(?:\n[ \t].+)*)", source_of(part))
            return found[1] if found else ""
    return ""


def header(message: Message, name: str) -> str:
    """A header as its reader sees it, on one line."""
    return shown(str(message.get(name, "")))


def shown(raw: str) -> str:
    """A header's value with its encoded words read."""
    try:
        read = str(make_header(decode_header(raw)))
    except (LookupError, ValueError, UnicodeError):
        read = raw
    return " ".join(read.split())
