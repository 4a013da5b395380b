"""Whatever programs send, as each role, is answered as the OpenAPI document says: tried by schemathesis."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy, one_of
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi

from app.api.examples import example
from app.database import open_database
from app.demo.linkedin import LinkedIn
from prospects.member import Role
from tests.api.conftest import Program
from tests.support.house import RITA, House, filled, twins
from tests.support.stores import SqliteStores
from tests.support.suites import suite

CHECKS = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
]
FEW, MANY = 3, 50
"""Requests for each address and role; the second with --soak."""


OF_PEOPLE = ("/overrides",)
"""What is listed under the person it is of."""
FULL = ("value",)
"""So many overrides count at most at a time, and every text is sent with one more."""
Place = tuple[str | int, ...]
"""Where a text stands in a body: keys, and 0 for the first of a list."""


@dataclass
class World:
    """A house with one of everything in it, and what may be sent to each of its addresses."""

    house: House
    programs: dict[Role, Program]
    sent: list[SearchStrategy[Case]]


@pytest.fixture(scope="module")
def world(sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = sqlite_stores.fresh()
    database = open_database(url)
    house = House(database, url, tmp_path_factory.mktemp("house"))
    with LinkedIn(secret="a-client-secret-of-some-length", access_token="a-token") as linkedin:
        house.furnish(linkedin)
    rita = house.colleague(Role.REP, RITA)
    filled(house, rita)
    programs = {role: house.colleague(role, None) for role in Role} | {Role.REP: rita}
    house.colleague(Role.REP, None)  # the newest token is the one that is taken back
    document = schemathesis.openapi.from_wsgi("/api/openapi.json", house.app)
    operations = [found.ok() for found in document.get_all_operations()]
    sent = [whatever(each, house.admin) for each in operations if each.path.startswith("/api/v1/")]
    yield World(house, programs, sent)
    house.app.extensions["intake"].flush()
    database.close()


def whatever(operation: APIOperation, admin: Program) -> SearchStrategy[Case]:
    """What fits the description and what does not, for whatever is named and for something there is."""
    ways: list[dict[str, Any]] = [{}]
    if there := known(operation.path, admin):
        ways.append({"path_parameters": there})
    return one_of(
        *(
            operation.as_strategy(generation_mode=mode, **way)
            for way in reversed(ways)
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        )
    )


def known(path: str, admin: Program) -> dict[str, str]:
    """The id or slug of something that stands in the list to which this address belongs."""
    found = re.match(r"/api/v1(/[\w-]+)/\{(\w+)\}", path)
    if found is None:
        return {}
    name = found[2]
    path = found[1]
    if path in OF_PEOPLE:
        (ada,) = admin.get("/prospects?email=ada@firm.example")["items"]
        path = f"/prospects/{ada['id']}{path}"
    some = admin.get(f"{path}?limit=1")["items"]
    assert some, f"there is none of {found[1]}: make one in tests.support.house.filled"
    (item,) = some
    # An address names something by its own key, or, as `{x_id}`, by its id.
    return {name: item[name] if name in item else item["id"]}


def test_there_is_one_of_everything_to_ask_for(world: World) -> None:
    assert len(world.sent) > 70
    rita = world.programs[Role.REP]
    states = [each["state"] for each in rita.get("/handoffs")["items"]]
    assert states == ["offered", "checked", "won"]
    assert rita.get("/promises")["items"]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("role", list(Role))
def test_it_is_answered_as_the_document_says(
    world: World, role: Role, request: pytest.FixtureRequest
) -> None:
    headers = world.programs[role].headers
    many = request.config.getoption("--soak")
    for sent in world.sent:

        @settings(
            max_examples=MANY if many else FEW,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=sent)
        def ask(case: Case) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        ask()


def test_naughty_strings_in_every_text_of_every_body_come_back_or_are_refused_by_name(
    world: World, request: pytest.FixtureRequest
) -> None:
    naughty = suite("04-blns/blns.json")
    twins(world.house, "Lou Fey")
    step = 1 if request.config.getoption("--soak") else 50
    equal = 0
    for turn, (path, method, place, body) in enumerate(texts(world)):
        somebody = next(each for each in whoever(world) if allowed(each, method, path, body))
        plain = faulty(ask(somebody, method, path, body))
        for text in naughty[turn % step :: step]:
            answer = ask(somebody, method, path, put(body, place, text))
            where = (method, path, place, text, answer.text)
            assert answer.status_code in (200, 201, 202, 404, 409, 422), where
            assert faulty(answer) <= {*plain, str(place[0]), *FULL}, where
            equal += came_back(answer, place, text)
    assert equal > 25


def whoever(world: World) -> list[Program]:
    """Everybody, the rep first: the leads are theirs."""
    return sorted(world.programs.values(), key=lambda each: each is not world.programs[Role.REP])


def allowed(somebody: Program, method: str, path: str, body: Any) -> bool:
    return ask(somebody, method, path, body).status_code != 403


def texts(world: World) -> Iterator[tuple[str, str, Place, Any]]:
    """Each text of each body: where to send it, its place, and a body that is well but for it."""
    document = world.house.app.test_client().get("/api/openapi.json").json
    schemas = document["components"]["schemas"]
    for path, of in document["paths"].items():
        for method, operation in of.items():
            if "requestBody" not in operation:
                continue
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            there = path.format_map(known(path, world.house.admin))
            for place in places(schema, schemas):
                yield there, method, place, example(schema, schemas)


def places(schema: Any, schemas: Any) -> Iterator[Place]:
    """Where texts stand in documents of a schema."""
    if "$ref" in schema:
        yield from places(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for each in schema.get("anyOf", ()):
        yield from places(each, schemas)
    for name, part in schema.get("properties", {}).items():
        yield from ((name, *inner) for inner in places(part, schemas))
    if schema.get("items"):
        yield from ((0, *inner) for inner in places(schema["items"], schemas))
    if schema.get("type") == "string":
        yield ()


def put(body: Any, place: Place, text: str) -> Any:
    """The body with this text there."""
    if not place:
        return text
    first, *rest = place
    if isinstance(first, int):
        return [put(body[0] if body else {}, tuple(rest), text)]
    inside = body if isinstance(body, dict) else {}
    return {**inside, first: put(inside.get(first), tuple(rest), text)}


def ask(somebody: Program, method: str, path: str, body: Any) -> Any:
    return somebody.client.open(path, method=method.upper(), json=body, headers=somebody.headers)


def faulty(answer: Any) -> set[str]:
    """The fields that were refused."""
    if answer.status_code != 422:
        return set()
    return {each["field"].partition(".")[0] for each in answer.json["errors"]}


def came_back(answer: Any, place: Place, text: str) -> bool:
    """Whether the answer has the same place; there stands the same text."""
    # An act is answered with the handoff, whose `reason` is another one.
    if answer.status_code not in (200, 201) or place == ("reason",):
        return False
    found = answer.json
    for step in place:
        if (isinstance(found, list) and isinstance(step, int) and found) or (
            isinstance(found, dict) and step in found
        ):
            found = found[step]
        else:
            return False
    if isinstance(found, str) or text.strip():
        # What is said in one line stands without the blanks around it.
        said, was = (normalize("NFC", each or "") for each in (found, text))
        assert said in (was, was.strip()), (place, text, found)
    return True
