"""Fields that a source brings under names of its own: counted, and given a meaning, for the past as well."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.database import Database
from app.door import perform, reading
from app.jobs.drain import drain
from prospects import configuration
from prospects.audit import AuditRow
from prospects.member import Role
from prospects.rows import AccountRow, ProspectRow
from prospects.topics import Queue
from tests.pages.conftest import Visitor
from webhooks.adapter import About, Read, Test
from webhooks.meanings import meant
from webhooks.sources import SourceKind


@pytest.fixture
def mia(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER))


@pytest.fixture
def posted(database: Database, site: Flask, now: datetime) -> Callable[..., None]:
    """Post what somebody said to the source `site`, and have everything read."""
    body = {"kind": str(SourceKind.GENERIC_JSON), "token": "a-token-in-the-path"}
    early = now - timedelta(minutes=1)
    perform(database, lambda s: configuration.write(s, "source", "site", body, early, by="t"))

    def post(email: str, **fields: Any) -> None:
        address = "/webhooks/site/a-token-in-the-path"
        body = {"external_id": email, "email": email, **fields}
        assert site.test_client().post(address, json=body).status_code == 200
        work(database, site)

    return post


def work(database: Database, site: Flask) -> None:
    for _round in range(3):
        drain(database, site.extensions["settings"], Queue.INSIDE)


def people(database: Database) -> dict[str | None, ProspectRow]:
    with reading(database) as session:
        return {row.email: row for row in session.execute(select(ProspectRow)).scalars()}


def test_one_click_gives_a_field_its_meaning_for_the_past_and_from_now_on(
    mia: Visitor, posted: Callable[..., None], database: Database, site: Flask
) -> None:
    posted("ana@nord.example", your_role="Head", company_size="50", hobby="owls")
    posted("bo@nord.example", your_role="Clerk", title="CFO")
    page = mia.see("/sources/site")
    assert '<bdi class="strong">your_role</bdi> <span class="soft number">2 people' in page
    assert "such as <bdi>owls</bdi>" in page

    for field, target in (
        ("your_role", "title"),
        ("company_size", "account.company_size"),
        ("hobby", "kept"),
    ):
        sent = mia.send("/sources/site", "/sources/site/fields", field=field, target=target)
        assert sent.status_code == 303
    work(database, site)

    found = people(database)
    assert (found["ana@nord.example"].title, found["ana@nord.example"].fields) == (
        "Head",
        {"hobby": "owls"},
    )
    # What stood there already stays, and so does what was said.
    assert (found["bo@nord.example"].title, found["bo@nord.example"].fields) == (
        "CFO",
        {"your_role": "Clerk"},
    )
    with reading(database) as session:
        assert session.execute(select(AccountRow.fields)).scalar_one() == {"company_size": "50"}
        acts = session.execute(select(AuditRow.act).where(AuditRow.act == "field mapped"))
        assert len(acts.all()) == 3

    posted("cy@south.example", your_role="Chef", company_size="9")
    assert (people(database)["cy@south.example"].title) == "Chef"
    page = mia.see("/sources/site")
    assert "such as" not in page
    assert "Job title</bdi>" in page
    mia.send("/sources/site", "/sources/site/fields", field="hobby", target="")
    assert "such as <bdi>owls</bdi>" in mia.see("/sources/site")


def test_what_it_cannot_mean_is_refused(mia: Visitor, posted: Callable[..., None]) -> None:
    posted("ana@nord.example", your_role="Head")
    for target in ("email", "account.", "lifecycle", "x" * 300):
        fields = {"field": "your_role", "target": target}
        assert mia.send("/sources/site", "/sources/site/fields", **fields).status_code == 400
    fields = {"field": "your_role", "target": "title"}
    assert mia.send("/sources/site", "/sources/nothing/fields", **fields).status_code == 404


def test_a_meaning_never_overrules_what_was_said_outright(now: datetime) -> None:
    about = About(email="a@b.example", title="CFO", fields={"role": "Head", "n": 5, "x": "y"})
    read = Read(
        space="lead",
        key="1",
        label="1",
        about=about,
        kind="form",
        happened_at=now,  # type: ignore[arg-type]
    )
    found = meant(read, {"role": "title", "n": "account.seats", "x": "kept", "gone": "name"})
    assert isinstance(found, Read)
    assert (found.about.title, found.about.fields) == ("CFO", {"role": "Head", "x": "y"})
    assert found.about.account_fields == {"seats": 5}
    assert meant(Test("t"), {"role": "title"}) == Test("t")
