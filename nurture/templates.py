"""A marketer's mail as it is written: a front block, HTML, perhaps a text of its own."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nurture.headers import HeaderError, mailbox, one_line
from nurture.sandbox import faults_of
from prospects.faults import Fault, FaultyError, nearest
from prospects.texts import storable

OWNER = "owner"
"""As `from` or `reply_to`: the person's owner here, else the workspace's own address."""
LONGEST = 256 << 10
_FRONT = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(?P<front>.*?)^---[ \t]*\r?\n?", re.DOTALL | re.MULTILINE
)
_KEYS = ("subject", "from", "reply_to")


class MailFaultsError(FaultyError):
    """This mail cannot be used as written."""


class MailTemplate(BaseModel):
    """One mail of the workspace; `subject`, `html` and `text` are templates (nurture/sandbox.py)."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    subject: str = Field(min_length=1, max_length=500)
    sender: str | None = Field(default=None, alias="from")
    reply_to: str | None = None
    html: str = Field(min_length=1, max_length=LONGEST)
    text: str | None = Field(default=None, max_length=LONGEST)

    @field_validator("sender", "reply_to")
    @classmethod
    def _is_owner_or_address(cls, written: str | None) -> str | None:
        if written is not None and written != OWNER:
            mailbox("address", written)
        return written

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The mail of a stored document; raises MailFaultsError with every mistake in it."""
        try:
            mail = cls.model_validate(document)
        except ValidationError as error:
            raise MailFaultsError(*(_fault(each) for each in error.errors())) from None
        if faults := list(mail.faults()):
            raise MailFaultsError(*faults)
        return mail

    def faults(self) -> Iterator[Fault]:
        """What is wrong inside the templates themselves."""
        try:
            one_line("subject", self.subject)
        except HeaderError as error:
            yield Fault("subject", str(error), "write it on one line, in plain characters")
        if not all(storable(part) for part in (self.subject, self.html, self.text or "")):
            yield Fault("html", "it holds a character that cannot be stored", "take out NUL")
        parts = (("subject", self.subject, False), ("html", self.html, True))
        for place, source, html in (*parts, ("text", self.text or "", False)):
            yield from (fault.under(place) for fault in faults_of(source, html=html))


def read_mail(html: str, text: str | None = None) -> dict[str, Any]:
    """The document of a mail's two files, `mails/<slug>.html` with its front block and `.txt`.

    Raises MailFaultsError with every mistake; faults are placed at `subject`, `from`, `reply_to`,
    `html` or `text`.
    """
    match = _FRONT.match(html)
    if match is None:
        mend = "begin the file with `---`, then `subject: …`, then `---`"
        raise MailFaultsError(Fault("", "there is no front block", mend))
    front = _front(match["front"])
    document = {**front, "html": html[match.end() :], "text": text}
    kept = {key: value for key, value in document.items() if value is not None}
    MailTemplate.of(kept)
    return kept


def write_mail(document: Mapping[str, Any]) -> tuple[str, str | None]:
    """The two files of a document: the opposite of `read_mail`."""
    front = "".join(f"{key}: {_quoted(document[key])}\n" for key in _KEYS if document.get(key))
    return f"---\n{front}---\n{document['html']}", document.get("text")


def _front(written: str) -> dict[str, Any]:
    try:
        front = YAML(typ="safe", pure=True).load(written) or {}
    except YAMLError as error:
        reason = str(getattr(error, "problem", "") or "it is not YAML")
        raise MailFaultsError(Fault("", f"the front block: {reason}", "")) from None
    if not isinstance(front, dict):
        raise MailFaultsError(Fault("", "the front block holds no keys", "write `subject: …`"))
    if unknown := [str(key) for key in front if key not in _KEYS]:
        mends = (Fault(key, "unknown key", nearest(key, _KEYS)) for key in unknown)
        raise MailFaultsError(*mends)
    return front


def _fault(error: Any) -> Fault:
    place = ".".join(str(part) for part in error["loc"])
    missing = error["type"] == "missing"
    return Fault(place, "is missing" if missing else error["msg"], "")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
