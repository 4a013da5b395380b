"""The pages of colleagues: who works here, invited with a link shown once, given roles, let go and let in again."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import tokens
from app.database import Database
from app.door import perform, reading
from app.pages import team_words
from app.workspace.apply import apply
from prospects import team
from prospects.audit import AuditRow
from prospects.member import Member, Role
from tests.pages.conftest import PASSWORD, Visitor
from tests.routing import office
from tests.routing.test_interventions import promised

LINK = re.compile(r'id="link-once"[^>]*value="http://[^/]+([^"]+)"')
Hire = Callable[..., str]
Visitors = Callable[[], Visitor]


@pytest.fixture
def olu(hire: Hire, visitor: Visitors) -> Visitor:
    return visitor().sign_in(hire("olu@us.example", Role.ADMIN, name="Olu Adeyemi"))


def who(database: Database, email: str) -> Member:
    with reading(database) as session:
        found = team.by_email(session, email)
    assert found
    return found


def link_in(page: str) -> str:
    found = LINK.search(page)
    assert found, page
    return found[1]


def test_somebody_is_invited_with_a_link_that_is_shown_once_and_comes_in(
    olu: Visitor, visitor: Visitors, database: Database
) -> None:
    fields = {"email": "Rita@US.example", "name": "Rita Okoye", "roles": ["rep", "manager"]}
    answer = olu.send("/team", "/team/invitation", how="link", **fields)
    link = link_in(answer.text)
    rita = who(database, "rita@us.example")
    assert (rita.name, rita.roles) == ("Rita Okoye", {Role.REP, Role.MANAGER})
    page = olu.see("/team")
    assert link not in page
    assert "invited" in page
    assert "never" in page
    guest = visitor()
    guest.send(link, link, name="Rita O.", password=PASSWORD)
    guest.see("/today")
    assert "can sign in" in olu.see(f"/team/{rita.id}")
    assert "Rita O." in olu.see("/team")
    assert "invited a colleague" in olu.see("/audit")


def test_what_cannot_be_an_invitation_is_said_beside_its_field(olu: Visitor) -> None:
    for fields, says in (
        ({"email": "nonsense"}, "This is not an e-mail address."),
        ({"email": "olu@us.example"}, "Somebody with this e-mail is on the team already"),
        ({"roles": []}, "Tick what they do."),
        ({"name": "x" * 201}, "This name cannot be used."),
        ({"name": "\0"}, "This name cannot be used."),
    ):
        sent = {"email": "rita@us.example", "name": "Rita", "roles": ["rep"], **fields}
        answer = olu.send("/team", "/team/invitation", **sent)
        assert answer.status_code == 422
        assert says in answer.text
    assert "rita@us.example" not in olu.see("/team")


def test_roles_are_changed_and_hold_from_the_next_page_on(
    olu: Visitor, hire: Hire, visitor: Visitors, database: Database
) -> None:
    rita = visitor().sign_in(hire("rita@us.example", Role.REP, name="Rita Okoye"))
    rita.see("/stuck", 403)
    where = f"/team/{who(database, 'rita@us.example').id}"
    assert olu.send(where, f"{where}/roles", roles=["rep", "manager"]).location == where
    rita.see("/stuck")
    answer = olu.send(where, f"{where}/roles")
    assert answer.status_code == 409
    assert "Somebody without any role could do nothing here" in answer.text
    assert "changed what a colleague may do" in olu.see("/audit")


TOLD = (
    "1 offer to answer",
    "1 lead they took",
    "1 promise to keep",
    "1 sign-in ends",
    "1 token that acts as them ends",
    "2 leads go back to routing",
    "Ann Arber no longer works here",
    "1 promise is owed to the buyer by whoever takes the lead",
    "1 company is nobody&#39;s until somebody takes a lead or a customer there",
)


def busy(session: Session, now: datetime) -> str:
    """Ann has an offer, a lead with a promise, and a token, which is returned."""
    office.rules(session, now, rules=[{"name": "all", "to": "person:ann@us.example"}])
    lead = office.offered(session, now, "one@first.example")
    promised(session, str(office.ref(lead)), now, due=now + timedelta(days=1))
    office.offered(session, now, "two@second.example")
    return tokens.create(session, Role.REP, "phone", "ann@us.example", now)


def test_somebody_is_found_among_many(olu: Visitor, database: Database, now: datetime) -> None:
    many = [
        {"email": f"p{n}@us.example", "name": f"Person {n}", "roles": ["rep"]} for n in range(250)
    ]
    perform(database, lambda s: team.save(s, many, now))
    page = olu.see("/team")
    assert "These are the first 200 of 251." in page
    assert "Person 249" in olu.see("/team?q=person+249+rep")
    assert "Person 24<" not in olu.see("/team?q=person+249")
    assert "Nobody like that works here" in olu.see("/team?q=zz")
    assert "Nobody like that works here" in olu.see("/team?q=%00")


def test_what_becomes_of_all_they_have_is_shown_before_they_are_let_go(
    olu: Visitor,
    hire: Hire,
    visitor: Visitors,
    site: Flask,
    database: Database,
    now: datetime,
) -> None:
    ann = visitor().sign_in(hire("ann@us.example", Role.REP, name="Ann Arber"))

    token = perform(database, lambda s: busy(s, now))
    where = f"/team/{who(database, 'ann@us.example').id}"
    page = olu.see(f"{where}/deactivation")
    for says in TOLD:
        assert says in page
    ann.see("/today")
    assert olu.send(where, f"{where}/deactivation").location == where
    assert ann.client.get("/today").location.startswith("/login")
    headers = {"Authorization": f"Bearer {token}"}
    assert site.test_client().get("/api/v1/handoffs", headers=headers).status_code == 401
    assert "2 leads go back to routing" in olu.see(where)
    with reading(database) as session:
        acts = session.execute(select(AuditRow.act, AuditRow.detail).order_by(AuditRow.id))
        assert [(each.act, each.detail.get("leads")) for each in acts][-2:] == [
            ("work given on", 2),
            ("colleague deactivated", 2),
        ]


def test_who_was_let_go_is_let_in_again_but_not_by_their_old_sign_in(
    olu: Visitor, hire: Hire, visitor: Visitors, database: Database
) -> None:
    ann = visitor().sign_in(hire("ann@us.example", Role.REP))
    where = f"/team/{who(database, 'ann@us.example').id}"
    olu.send(where, f"{where}/deactivation")
    assert "They have left" in olu.see(where)
    assert olu.client.get(f"{where}/deactivation").location == where
    olu.send(where, f"{where}/activation")
    assert ann.client.get("/today").location.startswith("/login")
    ann.sign_in("ann@us.example").see("/today")


def test_the_last_administrator_stays(
    olu: Visitor, hire: Hire, visitor: Visitors, database: Database
) -> None:
    where = f"/team/{who(database, 'olu@us.example').id}"
    assert "This is you" in olu.see(f"{where}/deactivation")
    for act, fields in (("deactivation", {}), ("roles", {"roles": ["rep"]})):
        answer = olu.send(where, f"{where}/{act}", **fields)
        assert answer.status_code == 409
        assert "Nobody else who can sign in is an administrator" in answer.text
    hire("kim@us.example", Role.ADMIN)
    olu.send(where, f"{where}/deactivation")
    assert olu.client.get("/team").location.startswith("/login")


def test_what_files_say_of_somebody_is_shown_and_changed_there(
    olu: Visitor, database: Database, tmp_path: Path, now: datetime
) -> None:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "team.yaml").write_text(
        "people:\n"
        "  - {email: ann@us.example, name: Ann, roles: [rep], active: true}\n"
        "  - {email: bob@us.example, name: Bob, roles: [rep], hours: {mon-fri: ['09:00-17:00']}}\n"
    )
    apply(database, folder, {}, now, secret="k" * 40)
    ann = f"/team/{who(database, 'ann@us.example').id}"
    page = olu.see(ann)
    assert "team.yaml says of them: roles, whether they work here." in page
    assert "active: false" in page
    assert 'name="roles"' not in page
    for act in ("roles", "deactivation"):
        answer = olu.send("/team", f"{ann}/{act}", roles=["admin"])
        assert answer.status_code == 409
        assert "change it in team.yaml and run warmline apply" in answer.text
    bob = f"/team/{who(database, 'bob@us.example').id}"
    assert "mon-fri 09:00-17:00" in olu.see(bob)
    assert olu.send(bob, f"{bob}/deactivation").status_code == 303
    apply(database, folder, {}, now, secret="k" * 40)
    assert not who(database, "bob@us.example").active, "the file does not say that bob works here"


def test_a_new_way_in_is_shown_once_and_ends_the_one_before(
    olu: Visitor, visitor: Visitors, database: Database
) -> None:
    sent = olu.send("/team", "/team/invitation", email="rita@us.example", roles=["rep"], how="link")
    first = link_in(sent.text)
    where = f"/team/{who(database, 'rita@us.example').id}"
    second = link_in(olu.send(where, f"{where}/invitation", how="link").text)
    assert visitor().client.get(first).status_code == 410
    assert visitor().client.get(second).status_code == 200


def test_when_somebody_was_seen_last_is_known(
    olu: Visitor, hire: Hire, visitor: Visitors, site: Flask, now: datetime
) -> None:
    visitor().sign_in(hire("ann@us.example", Role.REP)).see("/today")
    site.extensions["seen"].flush()
    page = olu.see("/team")
    assert "never" not in page
    assert page.count("today 11:00") == 2


def test_hours_are_said_in_one_line() -> None:
    assert team_words.hours({}) == "at any hour"
    assert team_words.hours({"mon-thu": ["09:00-12:00", "13:00-17:00"], "fri": "09:00-12:00"}) == (
        "mon-thu 09:00-12:00, 13:00-17:00; fri 09:00-12:00"
    )


def test_an_invitation_gives_nothing_to_who_has_left(
    olu: Visitor, hire: Hire, database: Database
) -> None:
    email = hire("rob@us.example", Role.REP)
    gone = who(database, email)
    assert olu.send("/team", f"/team/{gone.id}/deactivation").status_code == 303
    answer = olu.send("/setup", "/setup/invitation", email=email, role="admin")
    assert answer.status_code == 422
    assert who(database, email).roles == gone.roles
