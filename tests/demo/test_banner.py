"""The demo's banner: whom to be, what time it is, what may be asked; absent everywhere else."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.demo_state.rows import DemoRow
from app.door import reading
from tests.pages.conftest import Visitor
from tests.support.demo import FilledDemo

pytestmark = pytest.mark.timeout(300)


def test_outside_a_demo_there_is_no_banner_and_its_addresses_lead_nowhere(
    site: Flask, visitor: Callable[[], Visitor]
) -> None:
    somebody = visitor()
    assert "demo" not in somebody.see("/login").lower().replace("demonstrat", "")
    token = somebody.token("/login")
    assert somebody.client.get("/demo").status_code == 404
    for path in ("/demo/role", "/demo/clock", "/demo/lead"):
        answer = somebody.client.post(path, data={"csrf_token": token, "role": "admin"})
        assert answer.status_code == 404, path
    assert site.test_client().get("/readyz").json["database"] == "ok"
    assert "demo" not in site.test_client().get("/readyz").json


def test_one_press_makes_one_the_rep_or_the_manager(demo: FilledDemo) -> None:
    visitor = Visitor(demo.site.test_client())
    assert "Whom would you like to be?" in visitor.see("/demo")
    for role, landing in (("rep", "/today"), ("manager", "/stuck"), ("marketer", "/people")):
        answer = visitor.send("/demo", "/demo/role", role=role)
        assert (answer.status_code, answer.location) == (303, landing)
        page = visitor.see(landing)
        assert "Tuesday 17 March 2026, 10:0" in page
        assert "Send me a LinkedIn lead" in page
        assert '<meta name="warmline-now" content="2026-03-17T09:0' in page, "clocks tick by it"


def test_asking_writes_the_wish_down_once(demo: FilledDemo) -> None:
    visitor = Visitor(demo.site.test_client())
    visitor.send("/demo", "/demo/role", role="rep")
    for _press in range(2):
        assert (
            visitor.send("/today", "/demo/clock", step="tomorrow", here="/today").status_code == 303
        )
        assert visitor.send("/today", "/demo/lead", here="/today").status_code == 303
    with reading(demo.database) as session:
        row = session.get_one(DemoRow, 1)
    assert (row.leads_asked, row.leads_sent) == (1, 0)
    assert row.moving_to is not None
    assert f"{row.moving_to:%Y-%m-%d %H:%M}" == "2026-03-18 08:00"
    assert 'http-equiv="refresh"' in visitor.see("/today")
