"""A condition as a marketer puts it together: lines of field, comparison and value, and text for the rest. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.pages.condition_line import Known, Line, SlipError, line_of, plain_of
from app.pages.flow_views import LineMistake
from app.pages.line_mistakes import told_at
from app.pages.mistake import Mistake, too_long
from app.workspace import written
from app.workspace.mistakes import Mistake as Misplaced
from app.workspace.nodes import plain, spot_of
from app.workspace.rewritten import fresh
from app.workspace.written import UnreadableError
from prospects.conditions import ConditionError, parse, to_plain
from prospects.conditions.tree import All, AnyOf
from prospects.texts import storable

MOST_LINES = 6
AT_FIRST = 3
"""Lines that are shown empty; each one that is filled brings another, up to the most."""
LONGEST_VALUE = 200
LONGEST_TEXT = 20_000
CALLED = ("The name of what is looked at", "The comparison", "The value")
"""The parts of a line."""
Condition = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed: lines of which all or any must hold, and beside them a condition as text."""

    lines: tuple[Line, ...] = ()
    match: str = "all"
    text: str = ""
    longest: int = field(default=LONGEST_TEXT, compare=False)

    @property
    def any(self) -> bool:
        """Whether anything was typed."""
        return bool(self.text) or any(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What it means, or the mistakes: `slips` by line number, as (part, mistake); `mistakes` in the text."""

    condition: Condition | None = None
    slips: Mapping[int, tuple[str, Mistake]] = field(default_factory=dict)
    mistakes: Sequence[LineMistake] = ()

    @property
    def wrong(self) -> bool:
        """Whether anything has to be mended first."""
        return bool(self.slips or self.mistakes)


def read(args: Mapping[str, str], *, longest: int = LONGEST_TEXT) -> Typed:
    """What a form or an address holds: `f1 o1 v1`, `f2 …`, `match` and `if`."""
    lines = [Line(*(_text(args, f"{part}{n}") for part in "fov")) for n in range(1, MOST_LINES + 1)]
    return Typed(
        lines=tuple(_without_end(lines)),
        match="any" if args.get("match") == "any" else "all",
        text=_text(args, "if"),
        longest=longest,
    )


def _without_end(lines: Sequence[Line]) -> Sequence[Line]:
    """Without the empty lines at the end; one in between stays, so that each stays where it was typed."""
    return lines[: max((n for n, line in enumerate(lines, 1) if line), default=0)]


def _text(args: Mapping[str, str], name: str) -> str:
    text = args.get(name, "").replace("\r\n", "\n").strip()
    return text if storable(text) else ""


def understand(typed: Typed, known: Known) -> Understood:
    """The condition of all lines and the text, or every mistake beside what is wrong."""
    parts: list[Condition] = []
    slips: dict[int, tuple[str, Mistake]] = {}
    for number, line in enumerate(typed.lines):
        try:
            _check(line)
            parts += [plain_of(line, known)] if line else []
        except SlipError as error:
            slips[number] = (error.part, error.mistake)
    long = too_long(typed.text, typed.longest, "The text")
    found, mistakes = ([], [_whole(long)]) if long else _of_text(typed.text, known)
    if slips or mistakes:
        return Understood(slips=slips, mistakes=mistakes)
    rows = [{typed.match: parts}] if len(parts) > 1 else parts
    return Understood(condition=together([*rows, *found]))


def together(parts: Sequence[Condition]) -> Condition | None:
    """The condition that holds where all of them do; None of none."""
    return {"all": list(parts)} if len(parts) > 1 else next(iter(parts), None)


def _check(line: Line) -> None:
    for part, text, what in zip(("field", "op", "value"), line, CALLED, strict=True):
        long = too_long(text, LONGEST_VALUE, what)
        if long is not None:
            raise SlipError(part, long.reason, long.mend)


def _whole(mistake: Mistake) -> LineMistake:
    """A mistake that is of the text as a whole."""
    said = {"reason": mistake.reason, "mend": mistake.mend}
    return LineMistake(line=1, column=1, excerpt="", **said)


def _of_text(text: str, known: Known) -> tuple[list[Condition], list[LineMistake]]:
    try:
        node = written.read(text)
        if node.value is None:
            return [], []
        return [to_plain(parse(plain(node), known.vocabulary))], []
    except UnreadableError as error:
        found = [Misplaced("", spot, fault) for spot, fault in error.found]
    except ConditionError as error:
        found = [Misplaced("", spot_of(node, fault), fault) for fault in error.faults]
    return [], told_at(text, found)


def typed_of(condition: Condition, known: Known) -> Typed:
    """A condition as it would be typed: as lines where lines can say it, else as text."""
    tree = parse(condition)
    of = tree.of if isinstance(tree, All | AnyOf) else (tree,)
    lines = [line_of(part, known) for part in of] if len(of) <= MOST_LINES else [None]
    whole = tuple(each for each in lines if each is not None)
    match = "any" if isinstance(tree, AnyOf) else "all"
    if len(whole) == len(lines):
        typed = Typed(lines=whole, match=match)
        if understand(typed, known).condition == to_plain(tree):
            return typed
    return Typed(text=fresh(condition))
