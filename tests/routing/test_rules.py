"""routing.yaml is read whole or refused with the place and the mend of every slip."""

from typing import Any

import pytest
from pydantic import ValidationError

from routing.rules import Clock, RoutingRules
from routing.targets import ToOwner, ToPerson, ToTeam

PEOPLE = {"rita@acme.example", "max@acme.example"}

WHOLE = {
    "teams": [{"slug": "dach", "people": ["Rita@acme.example"]}],
    "rules": [
        {
            "name": "german",
            "if": {"field": "country", "op": "eq", "value": "DE"},
            "to": "team:dach",
            "lane": "fast",
        },
        {"name": "known", "to": "account_owner"},
        {"name": "rest", "to": "person:MAX@acme.example"},
    ],
    "lanes": {
        "fast": {"accept_within": "15m", "clock": "real", "remind": ["10m", "5m"]},
        "normal": {"accept_within": "24h", "clock": "business"},
    },
    "confirm_within": "3d",
    "fallback": "max@acme.example",
    "holidays": ["DE"],
}


def read(**changes: Any) -> RoutingRules:
    return RoutingRules.model_validate({**WHOLE, **changes}, context={"people": PEOPLE})


def slips(**changes: Any) -> dict[str, str]:
    """Place and message of each slip."""
    with pytest.raises(ValidationError) as refused:
        read(**changes)
    found = {}
    for error in refused.value.errors():
        place = ".".join(map(str, error["loc"]))
        for fault in error.get("ctx", {}).get("faults", [{"place": "", "mend": error["msg"]}]):
            path = ".".join(part for part in (place, fault["place"]) if part)
            found[path] = fault["mend"]
    return found


def test_the_whole_file_is_read() -> None:
    rules = read()
    assert [rule.to for rule in rules.rules] == [
        ToTeam("dach"),
        ToOwner(),
        ToPerson("max@acme.example"),
    ]
    assert [each.total_seconds() for each in rules.lane("fast").remind] == [300, 600]
    assert rules.teams[0].people == ("rita@acme.example",)


def test_what_is_written_is_what_is_read_again() -> None:
    plain = read().model_dump(mode="json", by_alias=True, exclude_none=True)
    assert RoutingRules.model_validate(plain) == read()


def test_with_nothing_written_there_are_two_lanes_and_one_team() -> None:
    rules = RoutingRules()
    assert (rules.lane("fast").clock, rules.lane(None).clock) == (Clock.REAL, Clock.BUSINESS)
    assert rules.confirm_within.days == 3


@pytest.mark.parametrize(
    ("changes", "place", "mend"),
    [
        ({"fallback": "mex@acme.example"}, "fallback", "did you mean `max@acme.example`?"),
        (
            {"teams": [{"slug": "dach", "people": ["rika@acme.example"]}]},
            "teams.0.people.0",
            "did you mean `rita@acme.example`?",
        ),
        ({"rules": [{"name": "x", "to": "team:dack"}]}, "rules.0.to", "did you mean `dach`?"),
        (
            {"rules": [{"name": "x", "to": "dach"}]},
            "rules.0.to",
            "write team:SLUG, person:EMAIL or account_owner",
        ),
        (
            {"rules": [{"name": "x", "to": "team:dach", "lane": "fats"}]},
            "rules.0.lane",
            "did you mean `fast`?",
        ),
        (
            {"rules": [{"name": "x", "to": "person:max@acme.exampel"}]},
            "rules.0.to",
            "did you mean `max@acme.example`?",
        ),
        (
            {"lanes": {"fast": {"accept_within": "15m", "remind": ["20m"]}}, "rules": []},
            "lanes.fast.remind",
            "remind before accept_within is over, or leave it out",
        ),
        (
            {
                "teams": [
                    {"slug": "dach", "people": ["rita@acme.example"]},
                    {"slug": "dach", "people": ["max@acme.example"]},
                ]
            },
            "teams.1.slug",
            "give it a name of its own",
        ),
        (
            {
                "rules": [
                    {
                        "name": "x",
                        "if": {"field": "cuntry", "op": "eq", "value": "DE"},
                        "to": "team:dach",
                    }
                ]
            },
            "rules.0.if.field",
            "did you mean `country`?",
        ),
    ],
)
def test_every_slip_is_named_with_its_mend(changes: dict[str, Any], place: str, mend: str) -> None:
    found = slips(**changes)
    assert list(found) == [place]
    assert found[place].startswith(mend)


@pytest.mark.parametrize(
    "changes",
    [
        {"team": []},
        {"lanes": {"fast": {"accept_within": "15"}}},
        {"lanes": {"fast": {"accept_within": "15m", "clock": "lunar"}}},
        {"teams": [{"slug": "No Slug", "people": ["rita@acme.example"]}]},
        {"teams": [{"slug": "empty", "people": []}]},
        {"rules": [{"to": "team:dach"}]},
    ],
)
def test_what_means_nothing_is_refused(changes: dict[str, Any]) -> None:
    assert slips(**changes)
