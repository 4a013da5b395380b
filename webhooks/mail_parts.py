"""The parts of a mail that somebody sent us, as text: what they wrote, and what they sent back. Pure."""

import re
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
    r"received: (?:from|by) .*|return-path: .*|the (?:original|following) message .{0,30}(?:follows|attached).*)$"
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
    """What the mail itself says: its texts, without the mail that it sends back."""
    texts = [part for part in _outer(message) if part.get_content_maintype() == "text"]
    plain = [each for each in texts if each.get_content_subtype() not in {"html", "rfc822-headers"}]
    said = [words_in(each) for each in plain]
    if not any(each.strip() for each in said):
        said = [_untagged(words_in(each)) for each in texts if each.get_content_subtype() == "html"]
    # A mail that is put together wrongly has no parts; then all of it is looked at.
    whole = "\n".join(said).strip() or source_of(message, body_only=True)
    original = _ORIGINAL.search(whole)
    return whole[: original.start()] if original and original.start() > 40 else whole


def _outer(message: Message) -> list[Message]:
    """The parts of the mail, not looking into mails inside it."""
    if message.get_content_maintype() == "message":
        return []
    if not message.is_multipart():
        return [message]
    payload = message.get_payload()
    inner = payload if isinstance(payload, list) else []
    return [each for part in inner if isinstance(part, Message) for each in _outer(part)]


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
