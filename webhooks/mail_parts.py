"""The parts of a mail that somebody sent us, as text: what they wrote, and what they sent back. Pure."""

import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from html import unescape

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
        except (LookupError, ValueError):
            continue
    return payload[:LONGEST].decode("latin-1")


def source_of(part: Message, *, body_only: bool = False) -> str:
    """A part as it was sent, its headers or without, but for the lines between the parts in it."""
    whole = _written(part)[:LONGEST].replace("\r\n", "\n")
    return whole.partition("\n\n")[2] if body_only else whole


def _written(part: Message) -> str:
    # Not `as_bytes`: that folds every header anew, and refuses some that were written all the same.
    headers = "".join(f"{name}: {value}\n" for name, value in part.raw_items())
    payload = part.get_payload()
    inner = payload if isinstance(payload, list) else [payload]
    texts = [_written(each) if isinstance(each, Message) else str(each) for each in inner]
    whole = "\n".join([headers, *texts])
    return whole.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


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
    """The words of a page, with line breaks where it has them.

    In one pass over it: `html.parser` takes minutes for a page of tags that never end.
    """
    first, *pieces = html.split("<")
    said, until = [first], ""
    for piece in pieces:
        text, until = _after(piece, until)
        said.append(text)
    return unescape("".join(said))


def _after(piece: str, until: str) -> tuple[str, str]:
    """What a piece after a `<` says, and what ends the silence that is on from there, if one is."""
    tag, _, text = piece.partition(">")
    name = found[0] if (found := _NAME.match(tag.lower())) else ""
    if until == _END or (not until and piece.startswith("!--")):
        _, ended, after = piece.partition(_END)
        return (after, "") if ended else ("", _END)
    if until:
        return (text, "") if name == until else ("", until)
    if name in _SILENT:
        return "", f"/{name}"
    if not name and not piece.startswith(("!", "?", "/")):
        return f"<{piece}", ""
    return ("\n" if name.strip("/") in _BREAKS else "") + text, ""


_NAME = re.compile(r"/?[a-z][a-z0-9]*")
_END = "-->"


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


def addresses(*texts: str) -> list[str]:
    """The addresses in these headers, without the names beside them."""
    try:
        return [address for _, address in getaddresses(list(texts))]
    except RecursionError:
        # Comments in comments in comments.
        return ADDRESS.findall(" ".join(texts))


def shown(raw: str) -> str:
    """A header's value with its encoded words read."""
    try:
        read = str(make_header(decode_header(raw)))
    except (LookupError, ValueError, UnicodeError):
        read = raw
    return " ".join(read.split())
