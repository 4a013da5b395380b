"""What the pages of mail templates show, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateLine:
    """One template in the list; `held` mails could not be made of it."""

    url: str
    slug: str
    subject: str
    sender: str
    held: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One template as somebody would read it; `wrong` says why it cannot be made for them."""

    url: str
    slug: str
    reader: str
    picture_url: str
    subject: str
    text: str
    wrong: str | None = None
    email: str = ""
    unknown: bool = False
    held: int = 0
    may_release: bool = True

    def value(self, name: str, turn: int = 0) -> str:
        """What was typed as the reader's address."""
        return self.email
