"""The text part of a mail that was only written in HTML: words, line breaks, and where links go."""

from html.parser import HTMLParser

_BREAKS = frozenset({"br", "div", "tr", "li", "table", "ul", "ol", "section", "header", "footer"})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr"})
_SILENT = frozenset({"style", "script", "title", "head", "template"})


def plain_text(html: str) -> str:
    """`html` as text: paragraphs apart by an empty line, a link's address after its words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip() + "\n"


class _Reader(HTMLParser):
    """Collects the words that a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        self._break(tag)
        given = dict(attrs)
        if tag == "li":
            self.parts.append("- ")
        if tag == "img" and given.get("alt") and not self._silent:
            self.parts.append(str(given["alt"]))
        if tag == "a":
            self._links.append((given.get("href") or "", len(self.parts)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "a" and self._links:
            address, start = self._links.pop()
            words = "".join(self.parts[start:]).strip()
            if address and address != words and not address.startswith("#"):
                self.parts.append(f" <{address}>")
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " "))

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag in _BREAKS:
            self.parts.append("\n")
