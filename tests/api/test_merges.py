"""Programs see who may be one, make two people one after a look at what follows, and part them again."""

from datetime import datetime

import pytest

from app.database import Database
from app.door import perform
from prospects import people
from prospects.identity import Identity, Lead
from prospects.values import Person
from tests.api.conftest import Program


@pytest.fixture
def two(database: Database, now: datetime) -> tuple[str, str]:
    """Two of one name at one company, the second with a phone number."""
    known = [
        Lead(
            ref=email,
            identities=(Identity("email", email),),
            hints=(Identity("namesake", "acme.example ada byron"),),
            person=Person(email=email, name="Ada Byron", phone=phone),
            happened_at=now,
        )
        for email, phone in (("ada@acme.example", None), ("a.byron@acme.example", "+4930901820"))
    ]
    found = perform(database, lambda s: people.resolve(s, known, now, secret="x"))
    one, other = (str(each.prospect_id) for each in found)
    return one, other


def test_two_are_made_one_and_parted_again(admin: Program, two: tuple[str, str]) -> None:
    one, other = two
    (pair,) = admin.get("/duplicates")["items"]
    assert (set(pair["people"]), pair["evidence"]) == ({one, other}, ["namesake"])
    told = admin.get(f"/prospects/{one}/merge-preview?other={other}")
    assert (told["kept"], told["absorbed"], told["takes_over"]) == (
        one,
        other,
        ["phone", "country"],
    )

    made = admin.post(f"/prospects/{other}/merges", {"other": one, "why": "one desk"})
    assert (made["kept"], made["absorbed"], made["undone_at"]) == (one, other, None)
    assert admin.get(f"/prospects/{other}")["id"] == one
    assert admin.get("/prospects?email=a.byron@acme.example")["items"][0]["id"] == one
    assert admin.get(f"/prospects/{one}")["phone"] == "+4930901820"
    assert admin.get("/duplicates")["items"] == []
    again = admin.post(f"/prospects/{other}/merges", {"other": one}, 409)
    assert again["code"] == "already_one"
    assert admin.get(f"/prospects/{one}/merge-preview?other={other}", 409)["code"] == "already_one"

    undone = admin.post(f"/merges/{made['id']}/undoing", {})
    assert undone["undone_at"]
    assert admin.get(f"/prospects/{other}")["id"] == other
    assert admin.get(f"/prospects/{one}")["phone"] is None
    for query in ("", f"?prospect={one}", f"?prospect={other}"):
        assert [each["id"] for each in admin.get(f"/merges{query}")["items"]] == [made["id"]]


def test_what_belongs_to_one_of_them_is_listed_for_both(
    admin: Program, two: tuple[str, str]
) -> None:
    one, other = two
    admin.post(f"/prospects/{other}/consents", {"topic": "newsletter", "given": False})
    admin.post(f"/prospects/{one}/merges", {"other": other})
    admin.post("/activities", {"kind": "meeting", "email": "a.byron@acme.example"})

    assert admin.get(f"/prospects/{one}")["consents"][0]["given"] is False
    kinds = {each["kind"] for each in admin.get(f"/prospects/{one}/timeline")["items"]}
    assert kinds == {"meeting", "unsubscribed"}
    assert len(admin.get(f"/activities?prospect={other}")["items"]) == 2


def test_two_who_are_two_leave_the_list(admin: Program, two: tuple[str, str]) -> None:
    (pair,) = admin.get("/duplicates")["items"]
    admin.post(f"/duplicates/{pair['id']}/parting", {}, 200)
    assert admin.get("/duplicates")["items"] == []
    admin.post("/duplicates/nobody/parting", {}, 404)
    admin.get("/duplicates?cursor=WyJ4Il0", 422)


def test_nobody_is_merged_with_nobody(admin: Program, two: tuple[str, str]) -> None:
    one, _ = two
    absent = "019cb323-e500-7b10-9c06-4ad22f84066e"
    admin.post(f"/prospects/{one}/merges", {"other": absent}, 404)
    assert admin.post(f"/prospects/{one}/merges", {"other": "ada"}, 422)["errors"]
    admin.post(f"/merges/{absent}/undoing", {}, 404)
