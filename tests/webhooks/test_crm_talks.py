"""How records are written to CRMs, without either: whatever is answered, the talk ends and no fate is made up."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webhooks.adapter import Reply
from webhooks.crms import hubspot_writing, salesforce_writing
from webhooks.crms.dialect import Record, Wanted
from webhooks.crms.writing import Fate, Met, Refused, Together, Written, rounds
from webhooks.destinations import Destination

CRM = Destination(
    slug="crm",
    kind="salesforce",  # type: ignore[arg-type]
    reads=("deals",),  # type: ignore[arg-type]
    api_base_url="https://acme.my.salesforce.com",
)
WRITES = [hubspot_writing.write, salesforce_writing.write]


def record(n: int, known: tuple[str, str] | None = None) -> Record:
    person = {"email": f"p{n}@acme.example"}
    return Record(id=f"id-{n}", known=known, person=person, ours={"points": 1.5})


def talk(
    write: Callable[..., Any], records: Sequence[Record], answer: Callable[[Wanted], Reply]
) -> tuple[dict[str, Fate], list[str]]:
    """The fates of these, and whom was asked."""
    fates: dict[str, Fate] = {}
    asked: list[str] = []
    going = write(records, CRM, fates)
    wanted = next(going, None)
    while wanted is not None:
        asked.append(wanted.path)
        assert len(asked) < 40, "it has no end"
        try:
            wanted = going.send(answer(wanted))
        except StopIteration:
            wanted = None
    return fates, asked


def reply(document: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(document).encode())


def test_a_contact_that_hubspot_names_as_there_already_is_written_to_by_its_id() -> None:
    there = {"category": "CONFLICT", "message": "Contact already exists. Existing ID: 77"}

    def answer(wanted: Wanted) -> Reply:
        if wanted.path.endswith("/upsert"):
            return reply(there, 409)
        return reply({"results": [{"id": "77"}] if wanted.path.endswith("/update") else []})

    fates, asked = talk(hubspot_writing.write, [record(1)], answer)
    assert fates == {"id-1": Written("contact", "77")}
    assert [each.rpartition("/")[2] for each in asked] == ["read", "upsert", "update"]
    # Of several it is not said whose it is.
    fates, _ = talk(hubspot_writing.write, [record(1), record(2)], answer)
    assert {type(each) for each in fates.values()} == {Together}


def test_who_was_not_looked_for_in_salesforce_is_not_made_a_second_time() -> None:
    def answer(wanted: Wanted) -> Reply:
        assert wanted.method == "GET", "nothing is written"
        return reply([{"errorCode": "MALFORMED_QUERY", "message": "x"}], 400)

    fates, _ = talk(salesforce_writing.write, [record(1)], answer)
    assert fates == {"id-1": Refused("MALFORMED_QUERY x", 400)}


def test_two_who_are_one_contact_there_go_in_two_calls() -> None:
    same = [Met(record(n), "contact", "77") for n in (1, 2)]
    other = Met(record(3), "contact", "78")
    assert list(rounds([*same, other])) == [[same[0], other], [same[1]]]


ANSWER = st.recursive(
    st.none()
    | st.booleans()
    | st.sampled_from(["id-1", "77", "77x", "p1@acme.example", "CONFLICT"]),
    lambda some: (
        st.lists(some, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "results",
                    "errors",
                    "records",
                    "id",
                    "Id",
                    "Email",
                    "email",
                    "properties",
                    "context",
                    "ids",
                    "objectWriteTraceId",
                    "success",
                    "statusCode",
                    "category",
                    "message",
                    "done",
                ]
            ),
            some,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@pytest.mark.parametrize("write", WRITES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_answered_the_talk_ends(write: Callable[..., Any], data: Any) -> None:
    records = [record(1, ("contact", "77")), record(2), record(3, ("lead", "88"))]
    statuses = st.sampled_from([200, 200, 207, 400, 404, 409])
    fates, _ = talk(write, records, lambda _: reply(data.draw(ANSWER), data.draw(statuses)))
    assert set(fates) <= {each.id for each in records}
    for fate in fates.values():
        assert not isinstance(fate, Written) or fate.external_id
