"""Received: where an address's lead went, what it said for whom, and everything that failed read again."""

import json
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.database import Database
from app.door import perform, reading
from app.jobs.drain import drain
from app.merge import merge
from app.pages.masked import COVERED, masked
from prospects import configuration
from prospects.ids import ProspectId
from prospects.member import Role
from prospects.merges import Said
from prospects.rows import ProspectRow
from prospects.topics import Queue
from tests.pages.conftest import Visitor
from webhooks import health
from webhooks.rows import DeliveryRow

SITE = {"kind": "generic_json", "token": "a-token-in-the-path"}
MIA = {"external_id": "zap-1", "email": "mia@nord.example", "name": "Mia Wolf", "form": "guide"}


@pytest.fixture
def posted(database: Database, site: Flask, now: datetime) -> Callable[[object], None]:
    """Post a body to the source `site`, and have it read."""
    perform(database, lambda s: configuration.write(s, "source", "site", SITE, now, by="t"))

    def post(body: object) -> None:
        address = "/webhooks/site/a-token-in-the-path"
        assert site.test_client().post(address, json=body).status_code == 200
        drain(database, site.extensions["settings"], Queue.INSIDE)

    return post


@pytest.fixture
def max_(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("max@us.example", Role.MANAGER))


@pytest.fixture
def mia(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("ada@us.example", Role.MARKETER))


def test_one_search_tells_where_the_lead_of_an_address_went(
    mia: Visitor, posted: Callable[[object], None]
) -> None:
    posted([MIA, {"external_id": "zap-2", "email": "bo@nord.example", "name": "Bo"}])
    posted({"external_id": "lost-1", "email": "ida@", "name": "Ida"})

    found = mia.see("/received?q=Mia@nord.example")
    assert "Mia Wolf</bdi></a> is in the record. New." in found
    assert found.count("/received/0") == 1
    assert "is in the record" in mia.see("/received?q=zap-2") or "/received/0" in found
    lost = mia.see("/received?q=lost-1")
    assert "became nobody" in lost
    assert "not usable:" in lost
    assert "Nothing that arrived holds this" in mia.see("/received?q=eve@nord.example")
    posted([{"external_id": "zap-3", "email": "eve@"}, {**MIA, "external_id": "zap-4"}])
    again = mia.see("/received?q=mia@nord.example")
    assert again.count('class="soft">in the record<') == 2, "another's part is not hers"


def test_who_searches_sees_what_they_searched_for_before_what_was_refused(
    mia: Visitor, posted: Callable[[object], None], database: Database, now: datetime
) -> None:
    posted(MIA)
    refused = {f"source-{n}": health.Noted(now, 7, now, 401) for n in range(5)}
    perform(database, lambda session: health.note(session, refused))
    everything, found = mia.see("/received"), mia.see("/received?q=mia@nord.example")
    for page in (everything, found):
        assert page.count("refused a request") == 3
        assert "2 more sources refused requests" in page
    assert everything.index("refused a request") < everything.index('id="q"')
    assert found.index("is in the record") < found.index("refused a request")


def test_who_may_not_read_the_bytes_sees_their_shape(
    max_: Visitor, mia: Visitor, posted: Callable[[object], None], database: Database
) -> None:
    posted(MIA)
    with reading(database) as session:
        one = session.execute(select(DeliveryRow.id)).scalar_one()
    assert "mia@nord.example" in mia.see(f"/received/{one}")
    covered = max_.see(f"/received/{one}")
    assert "mia@nord.example" not in covered
    assert "zap-1" not in covered
    assert "&#34;email&#34;: &#34;•••" in covered


def test_what_came_to_nothing_is_read_again_at_once(
    mia: Visitor, posted: Callable[[object], None], database: Database, site: Flask, now: datetime
) -> None:
    for n in range(3):
        posted({"contact": f"p{n}@nord.example"})
    assert "3 deliveries. Nothing is entered twice" in mia.see("/received?source=site")
    mended = {**SITE, "map": {"contact": "email"}}
    perform(database, lambda s: configuration.write(s, "source", "site", mended, now, by="t"))
    assert mia.send("/received", "/received/replay", source="site").status_code == 303
    drain(database, site.extensions["settings"], Queue.INSIDE)
    assert "came to nothing" not in mia.see("/received?source=site")
    assert "is in the record" in mia.see("/received?q=p2@nord.example")


def test_a_covered_body_keeps_its_names_and_none_of_its_answers() -> None:
    body = {"email": "a@b.example", "n": 5, "list": [{"x": True}], "+49 170 1234567": "hi"}
    assert json.loads(masked(json.dumps(body).encode())) == {
        "email": COVERED,
        "n": COVERED,
        "list": [{"x": True}],
        COVERED: COVERED,
    }
    assert masked(b"email=a%40b.example&name=Mia") == f"email={COVERED}\nname={COVERED}"
    assert masked(b"Dear Sirs, I am Mia") == COVERED
    assert masked(b"\xff\xfe\x00") == COVERED


def test_page_views_stand_apart_and_hide_no_lead(
    mia: Visitor, site: Flask, database: Database, now: datetime
) -> None:
    ours = "https://www.us.example"
    form = {"kind": "html_form", "origins": [ours]}
    perform(database, lambda s: configuration.write(s, "source", "pages", form, now, by="t"))
    signal = {"type": "page", "id": "1", "url": f"{ours}/pricing", "visitor": "v" * 32}
    told = site.test_client().post("/t", json=signal, headers={"Origin": ours})
    assert told.status_code == 204
    drain(database, site.extensions["settings"], Queue.INSIDE)

    assert "/received/0" not in mia.see("/received")
    apart = mia.see("/received?source=pages%2Ft")
    assert apart.count("/received/0") == 1
    (one,) = re.findall(r"/received/[0-9a-f-]{36}", apart)[:1]
    assert "nobody&#39;s yet" in mia.see(one)
    source = mia.see("/sources/pages")
    assert "/t.js&#34; data-source=&#34;pages&#34;" in source
    assert "/received?source=pages%2Ft" in source


def test_the_search_leads_from_either_address_to_who_they_are_one_with(
    mia: Visitor, posted: Callable[[object], None], database: Database, now: datetime
) -> None:
    posted([MIA, {"external_id": "zap-2", "email": "m.wolf@home.example", "name": "M. Wolf"}])
    with reading(database) as session:
        ids = sorted(session.execute(select(ProspectRow.id)).scalars())
    one, other = (ProspectId(each) for each in ids)
    perform(database, lambda s: merge(s, one, other, Said(by="mia", why="the same"), now))

    for address in ("mia@nord.example", "m.wolf@home.example"):
        found = mia.see(f"/received?q={address}")
        assert found.count("is in the record") == 1
        assert found.count("/received/0") == 1
