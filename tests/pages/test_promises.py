"""A rep's promises by the day they are due, and a manager who lets somebody help."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects.ids import new_id
from prospects.member import Role
from prospects.store import table_of
from routing.finding_rows import PromiseRow
from tests.pages.conftest import Visitor
from tests.routing import office
from tests.routing.test_interventions import promised

Hire = Callable[..., str]
HOUR = timedelta(hours=1)


@pytest.fixture
def ann(database: Database, now: datetime, hire: Hire, visitor: Callable[[], Visitor]) -> Visitor:
    """A rep who owes a buyer prices since an hour ago; max is her manager, dee is of the desk."""

    def work(session: Session) -> None:
        before = now - 3 * HOUR
        office.three_reps(session, before)
        row = office.offered(session, before)
        promised(session, str(office.ref(row)), before, due=now - HOUR)

    perform(database, work)
    hire("max@us.example", Role.MANAGER, name="Max Mayer")
    hire("dee@us.example", Role.DESK, name="Dee Dorn")
    return visitor().sign_in(hire("ann@us.example", Role.REP, name="Ann Arber"))


@pytest.fixture
def promise(ann: Visitor) -> str:
    """Where the promise is changed."""
    found = re.search(r'href="(/promises/[^"]+)/move"', ann.see("/promises"))
    assert found
    return found[1]


def test_with_nothing_owed_the_page_says_what_will_stand_here(
    hire: Hire, visitor: Callable[[], Visitor]
) -> None:
    rep = visitor().sign_in(hire("kim@us.example", Role.REP))
    assert "Every promise is kept" in rep.see("/promises")


def test_a_rep_moves_a_promise_with_a_reason_and_keeps_it(ann: Visitor, promise: str) -> None:
    page = ann.see("/promises")
    assert "Late, or cannot be kept" in page
    assert "Give to…" not in page
    assert 'href="/promises"' in ann.see("/today")
    answer = ann.send("/you", f"{promise}/move", due_at="", reason="")
    assert answer.status_code == 422
    assert "This day will not do." in answer.text
    assert "The reason is missing." in answer.text
    moved = ann.send("/you", f"{promise}/move", due_at="2026-03-05", reason="prices change Monday")
    assert moved.status_code == 303
    page = ann.see("/promises")
    assert "Late, or cannot be kept" not in page
    assert "prices change Monday" in page
    assert ann.send("/you", f"{promise}/kept").status_code == 303
    assert "Every promise is kept" in ann.see("/promises")
    assert ann.send("/you", f"{promise}/kept").status_code == 303


def test_what_cannot_be_kept_is_stuck_at_once_and_gone_when_the_desk_has_it(
    ann: Visitor,
    promise: str,
    visitor: Callable[[], Visitor],
    database: Database,
    now: datetime,
) -> None:
    ahead = update(PromiseRow).values(due_at=now + 30 * HOUR)
    perform(database, lambda session: session.execute(ahead))
    boss = visitor().sign_in("max@us.example")
    assert "promised: prices" not in boss.see("/stuck")
    ann.send("/you", f"{promise}/trouble", reason="nobody tells me the prices")
    page = boss.see("/stuck")
    assert "They cannot keep it: nobody tells me the prices" in page
    assert f'href="{promise}/give"' in page
    _, asked = boss.see(f"{promise}/give").split('<select class="select"')
    assert asked.index("Dee Dorn, the desk") < asked.index("Max Mayer")
    assert "Ann Arber" not in asked
    assert boss.send("/you", f"{promise}/give", due_at="2026-03-05", reason="x").status_code == 422
    with reading(database) as session:
        dee = str(office.who(session, "dee").id)
    given = boss.send("/you", f"{promise}/give", to=dee, due_at="2026-03-05", reason="she has them")
    assert given.status_code == 303
    assert "promised: prices" not in boss.see("/stuck")
    desk = visitor().sign_in("dee@us.example")
    page = desk.see("/promises")
    assert "she has them" in page
    lead = re.search(r'href="(/handoffs/[^"]+)"', page)
    assert lead
    desk.see(lead[1])
    assert ann.see("/promises").count(promise) == 0
    assert desk.send("/you", f"{promise}/kept").status_code == 303
    with reading(database) as session:
        assert session.execute(select(PromiseRow.kept_at)).scalar_one() == now


def test_a_manager_sees_everybodys_and_their_own_alone(
    ann: Visitor, promise: str, visitor: Callable[[], Visitor]
) -> None:
    boss = visitor().sign_in("max@us.example")
    page = boss.see("/promises")
    assert "by <bdi>Ann Arber</bdi>" in page
    assert f"{promise}/give" in page
    assert f"{promise}/move" not in page
    assert "Every promise is kept" in boss.see("/promises?whose=mine")


def test_a_promise_of_somebody_else_does_not_exist(
    ann: Visitor, promise: str, hire: Hire, visitor: Callable[[], Visitor]
) -> None:
    bob = visitor().sign_in(hire("bob@us.example", Role.REP))
    assert "Every promise is kept" in bob.see("/promises")
    bob.see(f"{promise}/move", 404)
    for act in ("kept", "move", "trouble"):
        fields = {"due_at": "2026-03-05", "reason": "x"}
        assert bob.send("/you", f"{promise}/{act}", **fields).status_code == 404
    nobody = f"/promises/{UUID(int=1)}/{UUID(int=2)}"
    assert ann.send("/you", f"{nobody}/kept").status_code == 404


def test_a_long_list_is_turned_and_each_promise_stands_on_one_page(
    ann: Visitor, database: Database, now: datetime
) -> None:
    def owe(session: Session) -> None:
        table = table_of(PromiseRow)
        (row,) = session.execute(select(table)).mappings()
        # Two due at the same instant lie on both sides of the page's end.
        more = [
            {**row, "id": new_id(now), "what": f"paper {n:02}.", "due_at": now + n // 2 * HOUR}
            for n in range(70)
        ]
        session.execute(insert(table), more)

    perform(database, owe)
    first = ann.see("/promises?whose=mine")
    onward = re.search(r'href="(/promises\?[^"]+)">Due later', first)
    assert onward
    rest = ann.see(onward[1].replace("&amp;", "&"))
    assert "Due later" not in rest
    for n in range(70):
        assert (f"paper {n:02}.</p>" in first) != (f"paper {n:02}.</p>" in rest), n
    assert "paper 00.</p>" in ann.see("/promises?due=yesterday&before=1")
