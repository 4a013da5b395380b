"""What the set-up pages show, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.checkup.part import Part
from app.pages.views import Mistake, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing a workspace needs, ticked when it is there.

    `ask` is where to have it looked at (again); `at` is when it was last looked at, `since` is set while
    a look is under way.
    """

    title: str
    done: bool
    line: str
    key: str = ""
    mend: str = ""
    url: str | None = None
    action: str = ""
    ask: str | None = None
    ask_words: str = ""
    parts: Sequence[Part] = ()
    at: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One colleague in the list of people who work here; `url` is what their invitation is sent under.

    `why` is what the mail server said of a mail it did not take.
    """

    url: str
    name: str
    email: str
    roles: str
    state: str
    tone: Tone
    why: str | None = None
    invitable: bool = False
    was_invited: bool = False
    linkable: bool = False


@dataclass(frozen=True, slots=True)
class Invited:
    """A link to hand on, shown once: to whom, and how long it lasts."""

    address: str
    link: str
    lasts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What is ready and what is missing before mail goes out."""

    checks: Sequence[Check]
    live: bool
    stopped: bool
    colleagues: Sequence[Colleague] = ()
    roles: Sequence[tuple[str, str]] = ()
    others: int = 0
    """Colleagues who are not in the list: it shows first whom there is something to do about."""
    invited: Invited | None = None
    mails: bool = False
    may_invite: bool = True
    may_go_live: bool = True
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    @property
    def ready(self) -> int:
        return sum(check.done for check in self.checks)

    @property
    def waiting(self) -> bool:
        return any(check.since for check in self.checks)

    def value(self, name: str, turn: int = 0) -> str:
        """What was typed into the invitation."""
        return self.typed.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderPage:
    """Whether receivers can tell that our mail is ours: what was found, and the records to add."""

    check: Check
    domain: str
    selector: str = ""
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        """The selector as it was typed."""
        return self.selector
