"""What the page of a company shows, as plain values, and what is not known about its people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.pages.found_views import FoundOut
from app.pages.views import Day, Tone
from prospects.bidi import isolated
from prospects.stakes import Stake, Stance

STAKES = {
    Stake.DECISION_MAKER: "decision maker",
    Stake.CHAMPION: "champion",
    Stake.USER: "user",
    Stake.BLOCKER: "trouble maker",
}
STANCES = {Stance.FOR: "for us", Stance.NEUTRAL: "neutral", Stance.AGAINST: "against us"}
TONES = {Stance.FOR: Tone.GOOD, Stance.NEUTRAL: Tone.PLAIN, Stance.AGAINST: Tone.BAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Insider:
    """Somebody at the company: a person we know, or only a name a rep heard (`ours` False)."""

    name: str
    title: str | None = None
    url: str | None = None
    """Their page, for who may open it."""
    ours: bool = False
    stage: str | None = None
    stake: str = ""
    stance: str = ""
    source: str = ""
    editable: bool = False

    @property
    def stake_words(self) -> str:
        return STAKES[Stake(self.stake)] if self.stake else "role not known"

    @property
    def stance_words(self) -> str:
        return STANCES[Stance(self.stance)] if self.stance else ""

    @property
    def tone(self) -> Tone:
        return TONES[Stance(self.stance)] if self.stance else Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A date that rings: what is due when."""

    what: str
    at: datetime
    tone: Tone = Tone.PLAIN
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is claimed of one person; `name` is their role where the viewer may not see who it is."""

    name: str
    stage: str
    url: str | None = None
    found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyStage:
    """How far the company is, how sure in words, and who says what."""

    stage: str
    sure: str
    conflict: bool
    says: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company with its people, what we do there next, and everything that happened."""

    url: str
    name: str
    domain: str | None
    owner: str | None
    insiders: Sequence[Insider]
    gap: str
    lead_url: str | None
    lead_line: str
    rings: Sequence[Ring]
    days: Sequence[Day]
    found_out: Sequence[FoundOut] = ()
    stage: CompanyStage | None = None
    older_url: str | None = None

    @property
    def next_step(self) -> Ring | None:
        return self.rings[0] if self.rings else None

    @property
    def stakes(self) -> Sequence[tuple[str, str]]:
        return [("", "Not known"), *((each.value, words) for each, words in STAKES.items())]

    @property
    def stances(self) -> Sequence[tuple[str, str]]:
        return [("", "Not known"), *((each.value, words) for each, words in STANCES.items())]


def gap(stakes: Collection[str]) -> str:
    """What is not known about the company's people, and what to ask; empty when enough is known."""
    if Stake.DECISION_MAKER not in stakes:
        return "No decision maker is known. Ask who signs."
    if Stake.CHAMPION not in stakes:
        return "No champion is known. Ask who there wants this most."
    return ""


def stake_of(role: str | None) -> str:
    """The role of somebody a rep named as having a say; in other words than ours it is a decision maker."""
    said = (role or "").casefold()
    known = {
        Stake.CHAMPION: ("champion", "sponsor"),
        Stake.USER: ("user", "uses"),
        Stake.BLOCKER: ("block", "trouble"),
    }
    found = (stake for stake, parts in known.items() if any(part in said for part in parts))
    return next(found, Stake.DECISION_MAKER).value


def stance_of(stance: str | None) -> str:
    """A stance as a rep typed it; empty for anything else."""
    return stance if stance in list(Stance) else ""


def named(findings: Iterable[tuple[Sequence[Any], str]]) -> Mapping[str, Insider]:
    """Whom reps named as having a say, by their folded name; the newest finding comes first and counts."""
    found: dict[str, Insider] = {}
    said = ((each, by) for deciders, by in findings for each in deciders)
    for each, by in said:
        name = str(each.get("name") or "").strip()
        if not name:
            continue
        heard = Insider(
            name=name,
            title=each.get("role"),
            stake=stake_of(each.get("role")),
            stance=stance_of(each.get("stance")),
            source=f"as {isolated(by)} heard",
        )
        found.setdefault(name.casefold(), heard)
    return found
