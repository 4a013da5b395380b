"""What the audit says, in words a person understands: who, what they did, and to what. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from prospects.ids import parse_id


class About(StrEnum):
    """What an act is about: how its row is named, and where it is looked at."""

    NOTHING = ""
    MEMBER = "member"
    HANDOFF = "handoff"
    PERSON = "person"
    DELIVERY = "delivery"
    FLOW = "flow"
    SOURCE = "source"
    TEMPLATE = "template"
    SEGMENT = "segment"
    TOKEN = "token"  # noqa: S105 - a word, not one
    OTHER = "other"


ACTS: Mapping[str, tuple[str, About]] = {
    "invite": ("invited a colleague", About.MEMBER),
    "welcome": ("set a password by a one-time link", About.NOTHING),
    "roles changed": ("changed what a colleague may do", About.MEMBER),
    "colleague deactivated": ("deactivated a colleague", About.MEMBER),
    "work given on": ("gave on what a colleague had in hand", About.MEMBER),
    "colleague reactivated": ("let a colleague in again", About.MEMBER),
    "token created": ("made a token", About.TOKEN),
    "token revoked": ("revoked a token", About.TOKEN),
    "backup": ("backed everything up", About.OTHER),
    "password reset": ("chose another password by a link", About.NOTHING),
    "apply": ("applied the workspace's files", About.NOTHING),
    "model trained": ("trained a model", About.OTHER),
    "model approved": ("had a model tried in the shadow", About.OTHER),
    "model activated": ("had a model score everybody", About.OTHER),
    "model retired": ("left a model", About.OTHER),
    "model followed": ("followed what the files say of the model", About.OTHER),
    "percentage hidden": ("hid a model's percentages, as findings contradict them", About.OTHER),
    "percentage shown": ("let a model's percentages be shown again", About.OTHER),
    "scoring changed": ("changed what earns points", About.OTHER),
    "crossings released": ("let people over the warm line after a change of rules", About.OTHER),
    "crossings kept": ("left people where they are after a change of rules", About.OTHER),
    "crossings stopped": ("stopped letting people over the warm line", About.OTHER),
    "training asked": ("had a model trained", About.NOTHING),
    "training done": ("trained on the record", About.NOTHING),
    "training held": ("found columns that somebody must judge", About.NOTHING),
    "training failed": ("could not train", About.NOTHING),
    "column judged": ("said whether a column was known before the hand-over", About.OTHER),
    "publish flow": ("published a flow", About.FLOW),
    "segment named": ("named a group of people", About.SEGMENT),
    "segment changed": ("changed who is in a group of people", About.SEGMENT),
    "segment removed": ("took the name of a group of people away", About.OTHER),
    "handoff: give": ("gave a lead to somebody else", About.HANDOFF),
    "handoff: take_over": ("took a lead over", About.HANDOFF),
    "handoff: extend": ("gave a lead more time", About.HANDOFF),
    "handoff: withdraw": ("withdrew a lead", About.HANDOFF),
    "handoff: desk": ("gave a lead to the desk to write up", About.HANDOFF),
    "handoff: undone": ("undid what was done to a lead", About.HANDOFF),
    "handoff reassigned": ("had a lead offered to somebody else", About.HANDOFF),
    "promise given": ("gave a promise to somebody else to keep", About.HANDOFF),
    "absence entered": ("said that somebody will be away", About.MEMBER),
    "absence taken back": ("said that somebody will not be away", About.MEMBER),
    "transfer given": ("gave a new customer to somebody else to take over", About.NOTHING),
    "test lead": ("sent a test lead", About.SOURCE),
    "replay": ("had a delivery read again", About.DELIVERY),
    "field mapped": ("said what a source's field means", About.SOURCE),
    "import begun": ("brought a file in", About.OTHER),
    "import undone": ("took a whole import back", About.OTHER),
    "replay many": ("had deliveries that came to nothing read again", About.OTHER),
    "delivery replayed": ("had a delivery read again", About.DELIVERY),
    "given-up work replayed": ("had given-up work tried once more", About.NOTHING),
    "call replayed": ("had a program told once more", About.OTHER),
    "release mail": ("let a held mail go", About.OTHER),
    "release mails": ("let held mails go", About.TEMPLATE),
    "switch live on": ("went live", About.NOTHING),
    "switch live off": ("went back to rehearsal", About.NOTHING),
    "switch mail_stopped on": ("stopped all mail", About.NOTHING),
    "switch mail_stopped off": ("let mail go again", About.NOTHING),
    "switch restored off": ("had people from before the restore mailed again", About.NOTHING),
    "restored mails released": ("let the mails go that the restore had held", About.NOTHING),
    "put into a flow": ("put somebody into a flow", About.OTHER),
    "paused in a flow": ("had somebody stand still in a flow", About.OTHER),
    "resumed in a flow": ("had somebody go on in a flow", About.OTHER),
    "taken out of a flow": ("took somebody out of a flow", About.OTHER),
    "people merged": ("found two people to be one", About.OTHER),
    "people kept apart": ("said that two people are two", About.OTHER),
    "merge undone": ("parted two people who had been made one", About.OTHER),
    "override set": ("added to somebody's score, or took away", About.OTHER),
    "override ended": ("ended what was added to a score", About.OTHER),
    "objection noted": ("noted that somebody does not want to be profiled", About.PERSON),
    "objection taken back": ("noted that somebody may be profiled again", About.PERSON),
    "erasure asked for": ("asked for a person to be forgotten", About.PERSON),
    "deal recorded": ("recorded a deal", About.OTHER),
    "deal changed": ("changed a deal", About.OTHER),
    "hook made": ("had a program told of events", About.OTHER),
    "hook switched on": ("switched a program on again", About.OTHER),
    "hook switched off": ("had a program told nothing more", About.OTHER),
    "hook changed": ("changed what a program is told, or where", About.OTHER),
    "hook secret rotated": ("gave a program a new secret", About.OTHER),
    "conversions replayed": ("had an ad platform told again what it had not taken", About.OTHER),
    "calls replayed": ("had a program told all it had missed", About.OTHER),
    "hook removed": ("removed a program that was told", About.OTHER),
    "set-up check": ("tried a part of the set-up", About.OTHER),
}
_URLS = {
    About.HANDOFF: "/handoffs/{}",
    About.PERSON: "/people/{}",
    About.DELIVERY: "/received/{}",
    About.FLOW: "/flows/{}",
    About.SOURCE: "/sources/{}",
    About.TEMPLATE: "/mails/templates/{}",
    About.SEGMENT: "/segments/{}",
}
COMMANDS = ("command line", "apply", "warmline backup", "warmline work")
"""How the audit names who used a command."""
PROGRAM = "token "
"""How the audit names a program that acts as nobody in particular."""


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what is behind an id: colleagues by id and by e-mail, tokens by id."""

    members: Mapping[str, str] = field(default_factory=dict)
    emails: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)


def act(name: str) -> str:
    """What was done, as the end of a sentence that begins with who did it."""
    return ACTS[name][0] if name in ACTS else f"did: {name}"


def who(written: str, names: Names) -> str:
    """Who did it."""
    if written in COMMANDS:
        return "The command line"
    if written.startswith(PROGRAM):
        return f"The program {written.removeprefix(PROGRAM)}"
    return names.members.get(written) or names.emails.get(written) or written


def about(name: str, written: str, names: Names) -> tuple[str, str | None]:
    """What it was done to, and where that is looked at."""
    kind = ACTS.get(name, ("", About.OTHER))[1]
    match kind:
        case About.NOTHING:
            return "", None
        case About.MEMBER:
            return names.members.get(written, written), "/team"
        case About.TOKEN:
            return names.tokens.get(written, written), "/tokens"
        case About.OTHER:
            return ("" if parse_id(written) else written), None
        case About.HANDOFF | About.PERSON | About.DELIVERY:
            return f"the {'lead' if kind is About.HANDOFF else kind}", _URLS[kind].format(written)
        case About.FLOW | About.SOURCE | About.TEMPLATE | About.SEGMENT:
            return written, _URLS[kind].format(written)


def detail(written: Mapping[str, Any], names: Names) -> str:
    """What else was written down: `role: rep; version: 3`."""
    return "; ".join(f"{key}: {_plain(value, names)}" for key, value in sorted(written.items()))


def _plain(value: Any, names: Names) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(each, names) for each in value) or "none"
    return names.members.get(str(value), str(value))
