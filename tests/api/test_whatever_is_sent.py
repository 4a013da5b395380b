"""Whatever programs send, as each role, is answered as the OpenAPI document says: tried by schemathesis."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy, one_of
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi

from app import clock
from app.database import open_database
from app.demo.linkedin import LinkedIn
from prospects.member import Role
from tests.api.conftest import Program
from tests.support.house import House
from tests.support.stores import SqliteStores

ADA, BEA = "ada@firm.example", "bea@lake.example"
RITA = "rita@vendor.example"
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
    document = schemathesis.openapi.from_wsgi("/api/openapi.json", house.app)
    operations = [found.ok() for found in document.get_all_operations()]
    sent = [whatever(each, house.admin) for each in operations if each.path.startswith("/api/v1/")]
    yield World(house, programs, sent)
    house.app.extensions["intake"].flush()
    database.close()


def filled(house: House, rita: Program) -> None:
    """A lead with its whole story, another that is offered, a deal, a segment, a hook and its calls."""
    hook = {"slug": "crm", "url": "http://127.0.0.1:9/", "events": ["handoff.offered"]}
    house.admin.post("/hooks", hook)
    condition = {"field": "country", "op": "eq", "value": "DE"}
    house.admin.post("/segments", {"slug": "dach", "name": "Dach", "condition": condition})
    for email in (ADA, BEA):
        house.tell({"email": email, "form": "guide", "name": "Ada"})
        house.tell(
            *(
                {"email": email, "form": "demo", "external_id": f"{email}{turn}"}
                for turn in range(3)
            )
        )
        house.tell({"email": email, "activity": "page_view", "body": {"page": "/pricing"}})
    lead = house.person(ADA)
    house.admin.post("/opportunities", {"account": lead["account"], "product": "cooling"})
    rita.post(f"/handoffs/{lead['handoff']}/acceptance", {})
    told = {
        "verdict": "confirmed", "spoke_with": "Ada", "channel": "call", "fact": "They decide in May.",
        "at": (clock.now() - timedelta(seconds=1)).isoformat(),
        "promises": [{"what": "the paper", "due_at": "2030-01-01T00:00:00Z"}],
    }  # fmt: skip
    rita.post(f"/handoffs/{lead['handoff']}/confirmation", told)
    house.work()


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
    found = re.match(r"/api/v1(/\w+)/\{(\w+)\}", path)
    if found is None:
        return {}
    name = found[2]
    item = admin.get(f"{found[1]}?limit=1")["items"][0]
    return {name: item["slug"] if name == "slug" else item["id"]}


def test_there_is_one_of_everything_to_ask_for(world: World) -> None:
    assert len(world.sent) > 70
    rita = world.programs[Role.REP]
    assert [each["state"] for each in rita.get("/handoffs")["items"]] == ["offered", "checked"]
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
