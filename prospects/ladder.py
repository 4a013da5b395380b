"""The built-in ladder of a purchase: its stages, what a buyer needs at each, and what would prove us wrong."""

from collections.abc import Mapping
from typing import Any

Written = Mapping[str, Any]


def _stage(slug: str, name: str, needs: list[str], questions: list[tuple[str, str]]) -> Written:
    asked = [{"ask": ask, "disproves_if": answer} for ask, answer in questions]
    return {"slug": slug, "name": name, "needs": needs, "questions": asked}


STAGES: tuple[Written, ...] = (
    _stage(
        "awareness",
        "Awareness",
        ["what it costs not to act", "how others noticed the problem"],
        [
            ("What made you look into this just now?", "just curious, or a colleague asked"),
            ("Is anyone tasked with solving it?", "no one"),
        ],
    ),
    _stage(
        "consideration",
        "Consideration",
        ["which ways there are to solve it", "what each of them asks of the team"],
        [
            ("Which ways of solving it are you looking at?", "has not looked at any"),
            ("What happens if you leave it as it is this year?", "nothing much"),
            ("Who else has an opinion on it?", "nobody has talked about it yet"),
        ],
    ),
    _stage(
        "evaluation",
        "Evaluation",
        ["proof with a company like theirs", "the price range", "how it fits what they have"],
        [
            ("Whom are you comparing us with?", "nobody yet, still finding out what there is"),
            ("By when do you want to have chosen?", "no date, or not this year"),
            ("What must it do for you to choose it?", "cannot name anything"),
        ],
    ),
    _stage(
        "decision",
        "Decision",
        ["terms and a final price", "a start date", "what the signer has to see"],
        [
            ("Who signs, and have they seen it?", "the signer does not know about it"),
            ("Is the money set aside?", "no budget, or not asked for yet"),
            ("What is still missing for a yes?", "more than one thing, or they do not know"),
        ],
    ),
    _stage(
        "customer",
        "Customer",
        ["a good start", "one person to turn to"],
        [("Is it in use, and by whom?", "not signed or not started")],
    ),
)

LADDER: tuple[str, ...] = tuple(str(stage["slug"]) for stage in STAGES)
