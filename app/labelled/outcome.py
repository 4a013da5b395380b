"""Which cells of the column of outcomes are wins. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prospects.faults import shown
from scoring.cells import says_nothing

WINS = frozenset(
    {
        *("1", "yes", "y", "true", "t", "won", "win", "closed won", "converted", "conversion", "success"),
        *("successful", "accepted", "qualified", "customer", "bought", "purchased", "positive", "warm"),
        *("ja", "j", "wahr", "gewonnen", "kunde", "gekauft", "erfolgreich", "oui", "vrai", "gagné", "si"),
        *("sí", "verdadero", "ganado", "ganada", "vero", "vinto", "vinta", "waar", "sim", "ganho"),
        *("ganha", "verdadeiro", "tak", "prawda", "wygrana", "wygrane", "ano", "da", "да", "выиграна", "выигран"),
        *("evet", "kazanıldı", "kyllä", "voitettu", "vundet", "vunnen", "sant", "sann", "igen", "ναι", "так"),
        *("はい", "有", "あり", "成約", "受注", "獲得", "是", "赢单", "成交", "贏單", "예", "네", "성공", "수주"),
        *("✓", "✔", "☑", "✅", "○", "〇", "◯", "on", "gagnée", "signé", "signée", "closed - won", "closedwon"),
        *("deal won", "opportunity won", "abgeschlossen gewonnen"),
    }
)  # fmt: skip
LOSSES = frozenset(
    {
        *("0", "-1", "no", "n", "false", "f", "lost", "loss", "lose", "closed lost", "not converted"),
        *("unconverted", "failure", "failed", "rejected", "unqualified", "disqualified", "negative", "cold"),
        *("not won", "nein", "falsch", "verloren", "kein kunde", "non", "faux", "perdu", "perdido", "falso"),
        *("nee", "not qualified", "no sale", "not interested", "churned", "perdue", "perdida", "perso", "persa"),
        *("não", "nao", "nie", "fałsz", "przegrana", "przegrane", "ne", "нет", "проиграна", "проигран"),
        *("hayır", "kaybedildi", "ei", "hävitty", "nej", "tabt", "förlorad", "tapt", "nem", "όχι", "ні"),
        *("いいえ", "無", "なし", "失注", "否", "输单", "流失", "輸單", "아니요", "실패", "실주"),
        *("✗", "✘", "☒", "❌", "×", "☐", "off", "closed - lost", "closedlost", "deal lost", "opportunity lost"),
    }
)  # fmt: skip
OPEN = frozenset(
    {
        *("open", "pending", "in progress", "ongoing", "working", "new", "waiting", "undecided", "negotiation"),
        *("prospecting", "engaging", "engaged", "qualification", "proposal", "nurturing", "on hold", "in process"),
        *("offen", "neu", "in bearbeitung", "in arbeit", "laufend", "in verhandlung", "ouvert", "en cours", "abierto"),
        *("en curso", "aperto", "in corso", "lopend"),
    }
)  # fmt: skip
"""What is likely not decided yet. It counts as not won unless it is named by --undecided, and that is told."""
FILLED = "*"
"""`--positive '*'`: whatever is filled in is a win (the day of the purchase, the contract's number)."""
SHOWN = 6
_JOINTS = re.compile(r"(?<=\w)[-_]+(?=\w)")


class UnclearError(ValueError):
    """The column does not tell by itself which rows are wins; the message says what to do."""


class OneSidedError(ValueError):
    """All rows have one outcome, from which nothing can be learned; the message says so."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """One per row: True a win, False none, None not yet known. `said` names wins and others as in the file."""

    wins: tuple[bool | None, ...]
    positive: str
    said: str


@dataclass(frozen=True, slots=True)
class _Said:
    """What a column says how often, compared without case; `spelt` is how the file writes it."""

    column: str
    rows: int
    counted: Counter[str]
    spelt: Mapping[str, str]

    def listed(self) -> str:
        first = self.counted.most_common(SHOWN)
        words = ", ".join(f"{shown(self.spelt[each])} ({n:,})" for each, n in first)
        more = len(self.counted) - SHOWN
        return words if more <= 0 else f"{words} and {more} more"

    def quoted(self, plain: str) -> str:
        text = self.spelt[plain][:60]
        return f"'{text}'" if " " in text else text

    def undecided(self) -> str:
        """How to leave out what sounds undecided; empty where nothing does."""
        options = [f"--undecided {self.quoted(each)}" for each in self.counted if each in OPEN]
        return " ".join(options[:SHOWN])

    def one_sided(self, only: str, rows: int) -> OneSidedError:
        return OneSidedError(
            f"column {shown(self.column)} says {shown(only)} in all {rows:,} rows: nothing can be"
            " learned from one outcome; bring the others as well"
        )


def outcomes(column: str, cells: Sequence[str], positive: str | None) -> Outcomes:
    """Which rows are wins. Raises UnclearError and OneSidedError."""
    plain = [_plain(cell) for cell in cells]
    known = [(each, cell.strip()) for each, cell in zip(plain, cells, strict=True) if each]
    said = _Said(column, len(cells), Counter(each for each, _ in known), dict(reversed(known)))
    if not known:
        raise OneSidedError(
            f"column {shown(column)} holds nothing in any row: name another by --label"
        )
    if positive == FILLED:
        return _both(said, [each is not None for each in plain], None)
    won = _clear(said) if positive is None else _named(said, positive)
    # With one value left and blanks beside it, the blanks are those that were not won.
    blank = False if positive is not None and len(said.counted) == 1 else None
    return _both(said, [blank if each is None else each == won for each in plain], won)


def set_aside(column: str, cells: Sequence[str], undecided: Sequence[str]) -> tuple[list[str], int]:
    """The cells without those that mean undecided, and how many these are. Raises UnclearError."""
    open_ = {each.strip().casefold() for each in undecided}
    left = ["" if cell.strip().casefold() in open_ else cell for cell in cells]
    there = {cell.strip().casefold() for cell in cells}
    for each in undecided:
        if each.strip().casefold() not in there:
            raise UnclearError(f"--undecided: column {shown(column)} never says {shown(each)}")
    return left, sum(one != other for one, other in zip(cells, left, strict=True))


def _both(said: _Said, wins: Sequence[bool | None], won: str | None) -> Outcomes:
    called = "anything" if won is None else said.spelt[won]
    known = [each for each in wins if each is not None]
    if len(set(known)) < 2:
        raise said.one_sided(called, len(known))
    others = [shown(said.spelt[each]) for each in said.counted if each != won]
    rest = "everything empty" if won is None or not others else ", ".join(others[:SHOWN])
    rest += f" and {len(others) - SHOWN} more" if won is not None and len(others) > SHOWN else ""
    told = f"{shown(called)} counts as won, {rest} as not"
    doubtful = said.undecided() if won is not None else ""
    told += f"; what is not decided yet is left out by {doubtful}" if doubtful else ""
    return Outcomes(tuple(wins), called, told)


def _plain(cell: str) -> str | None:
    """A cell to compare: without case, `1.0` like `1`; None where it says nothing."""
    text = " ".join(_JOINTS.sub(" ", cell).split()).casefold()
    if says_nothing(cell) or says_nothing(text):
        return None
    return text[:-2] if text.endswith(".0") and text[:-2].lstrip("-").isdigit() else text


def _named(said: _Said, positive: str) -> str:
    wanted = _plain(positive)
    if wanted is None or wanted not in said.counted:
        raise UnclearError(
            f"--positive: column {shown(said.column)} never says {shown(positive)}, it says {said.listed()}"
        )
    return wanted


def _clear(said: _Said) -> str:
    """The value that is a win beyond doubt."""
    wins = [each for each in said.counted if each in WINS]
    losses = [each for each in said.counted if each in LOSSES]
    column, different = shown(said.column), len(said.counted)
    if (different, len(wins), len(losses)) == (2, 1, 1):
        return wins[0]
    if different == 1:
        (only,) = said.counted
        if said.counted[only] == said.rows:
            raise said.one_sided(said.spelt[only], said.rows)
        raise UnclearError(
            f"column {column} says {shown(said.spelt[only])} or nothing: --positive {said.quoted(only)}"
            " counts the empty ones as not won"
        )
    if different > SHOWN * 4:
        raise UnclearError(
            f"column {column} holds {different:,} different values: --positive VALUE names the one that"
            " is a win, --positive '*' counts whatever is filled in"
        )
    doubtful = said.undecided()
    likely = (wins or [min(said.counted, key=lambda each: (said.counted[each], each))])[0]
    raise UnclearError(
        f"column {column} says {said.listed()}: name the win by --positive, as in --positive"
        f" {said.quoted(likely)}; the others then count as not won"
        + (f", and what is not decided yet is left out by {doubtful}" if doubtful else "")
    )
