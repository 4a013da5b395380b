"""The pages as somebody meets them whose phone has no JavaScript: from the first link to the finding."""

import re

import pytest
import requests

from tests.contract.office import Office, someone
from tests.contract.visitor import Visitor
from tests.support.running import until

pytestmark = pytest.mark.slow

RITA, TOM = "rita@vendor.example", "tom@vendor.example"
PASSWORD = "correct horse battery staple"
PAGES = ("/", "/today", "/people", "/received", "/outbox", "/setup", "/you")


@pytest.fixture(scope="module")
def admin(office: Office) -> Visitor:
    """The first administrator, by the link that `up` printed."""
    log = (office.folder / "up.log").read_text()
    (link,) = re.findall(r"http://\S+/welcome/\S+", log)
    visitor = Visitor(office.url)
    visitor.open(link)
    visitor.submit("/welcome/", 422, name="", email="no", password="short")
    visitor.submit("/welcome/", name="Ann First", email="ann@vendor.example", password=PASSWORD)
    assert visitor.path == "/setup"
    again = requests.get(link, timeout=10)
    assert again.status_code == 410, "the link works once"
    return visitor


def joined(office: Office, email: str, role: str) -> Visitor:
    """A colleague who followed an invitation."""
    link = office.run("person", "invite", email, "--role", role).strip()
    visitor = Visitor(office.url)
    visitor.open(link).submit("/welcome/", name="Their Name", password=PASSWORD)
    return visitor


@pytest.fixture(scope="module")
def rita(office: Office) -> Visitor:
    return joined(office, RITA, "rep")


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_signing_in(office: Office, path: str) -> None:
    visitor = Visitor(office.url).open(path)
    assert visitor.path == "/login"
    assert {"email", "password"} <= visitor.forms()[0].names


def test_each_role_lands_on_its_own_page_and_sees_what_is_its_own(
    office: Office, admin: Visitor, rita: Visitor
) -> None:
    assert rita.open("/").path == "/today"
    assert admin.open("/").path == "/setup"
    for path in ("/received", "/setup", "/outbox", "/people"):
        rita.open(path, 403)
        admin.open(path)
    rita.open("/nowhere", 404)
    rita.open(
        "/handoffs/01a20316-fd37-7f52-80b1-c7c2c05d1df5/01a20316-fd37-7f52-80b1-c7c2c05d1df5", 404
    )


def test_every_page_is_strict_about_what_may_run(office: Office, admin: Visitor) -> None:
    for path in ("/login", *PAGES[2:]):
        admin.open(path) if path != "/login" else admin.open("/you")
        policy = admin.page.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src" in policy
        assert admin.page.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors" in policy or "X-Frame-Options" in admin.page.headers
        assert not re.search(r"<script(?![^>]*\bsrc=)", admin.text)
        assert not re.search(r"\son[a-z]+=|<style|\sstyle=", admin.text)
    cookie = next(iter(admin.session.cookies))
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.has_nonstandard_attr("SameSite")


def test_a_wrong_password_is_401_and_too_many_are_429(office: Office, rita: Visitor) -> None:
    visitor = Visitor(office.url)
    for email in ("nobody@vendor.example", TOM):
        visitor.sign_in(email, "wrong-password-of-somebody", 401)
    codes = []
    for _ in range(30):
        visitor.open("/login")
        form = next(iter(visitor.forms()))
        fields = [pair for pair in form.fields if pair[0] not in ("email", "password")]
        fields += [("email", "guessed@vendor.example"), ("password", "wrong")]
        codes.append(
            visitor.session.post(f"{office.url}/login", data=fields, timeout=10).status_code
        )
    assert set(codes) == {401, 429}
    assert codes[-1] == 429
    assert rita.open("/you").path == "/you", "who is signed in stays so"


def test_a_form_without_its_token_or_from_elsewhere_does_nothing(
    office: Office, rita: Visitor
) -> None:
    offered = office.offered(someone(), fields={"team": "rita"})
    path = f"{office.url}/handoffs/{offered['prospect']}/{offered['id']}/acceptance"
    assert rita.session.post(path, data={}, timeout=10).status_code in (400, 403, 419)
    assert requests.post(path, data={}, timeout=10).status_code in (401, 403, 419)
    rita.open(f"/handoffs/{offered['prospect']}/{offered['id']}")
    token = dict(rita.forms()[0].fields).get("csrf_token", "")
    foreign = rita.session.post(
        path, data={"csrf_token": token}, headers={"Origin": "https://evil.example"}, timeout=10
    )
    assert foreign.status_code == 403
    assert office.call("GET", f"/handoffs/{offered['id']}")["state"] == "offered"


def test_a_rep_takes_a_lead_and_says_what_they_found(office: Office, rita: Visitor) -> None:
    email = someone()
    offered = office.offered(
        email,
        name="<b>Bold</b> Buyer",
        title="Head of IT",
        phone="+49 30 7654321",
        fields={"team": "rita"},
    )
    place = f"/handoffs/{offered['prospect']}/{offered['id']}"
    rita.open("/today")
    assert place in rita.text
    assert "&lt;b&gt;Bold" in rita.text
    assert "<b>Bold" not in rita.text
    rita.open(place)
    assert email not in rita.text
    assert "7654321" not in rita.text
    rita.submit("/acceptance$")
    rita.open(place)
    assert email in rita.text
    assert "Who else do you compare?" in rita.text
    rita.open(f"{place}/confirmation")
    answer = {
        "verdict": "earlier", "stage_found": "consideration", "spoke_with": "Zoë", "channel": "call",
    }  # fmt: skip
    rita.submit("/confirmation$", 422, **answer, fact="")
    assert "Zoë" in rita.text, "no word is lost"
    rita.submit("/confirmation$", **answer, fact="They decide in spring")
    found = office.call("GET", f"/handoffs/{offered['id']}")
    assert found["confirmation"]["fact"] == "They decide in spring"
    assert (found["confirmation"]["verdict"], found["state"]) == ("earlier", "recycled")


def test_not_reached_takes_two_taps(office: Office, rita: Visitor) -> None:
    taken = office.accepted(someone(), RITA, fields={"team": "rita"})
    rita.open(f"/handoffs/{taken['prospect']}/{taken['id']}/confirmation")
    rita.submit("/not-reached$", channel="call")
    assert len(office.call("GET", f"/handoffs/{taken['id']}")["attempts"]) == 1


def test_somebody_elses_lead_is_not_there(office: Office, rita: Visitor) -> None:
    offered = office.offered(someone(), fields={"team": "tom"})
    for more in ("", "/confirmation", "/decline"):
        rita.open(f"/handoffs/{offered['prospect']}/{offered['id']}{more}", 404)


def test_marketing_sees_the_person_and_what_was_received(office: Office, admin: Visitor) -> None:
    email = someone()
    delivery = office.lead(email, "compare", name="Seen Person")
    person = office.settled(email)
    admin.open(f"/people/{person['id']}")
    assert "Seen Person" in admin.text
    admin.open("/people")
    assert "Seen Person" in admin.text
    admin.open("/received")
    assert delivery in admin.text
    admin.open(f"/received/{delivery}")
    assert email in admin.text
    dead = office.lead_of({"name": "Nobody"})
    office.delivery(dead)
    admin.open(f"/received/{dead}").submit("/replay$")
    until(lambda: office.delivery(dead)["state"] == "ingested", what="reading it again")


def test_signing_out_ends_it(office: Office) -> None:
    visitor = joined(office, "leaving@vendor.example", "rep")
    visitor.open("/you").submit("/logout$")
    assert visitor.open("/today").path == "/login"
    assert visitor.sign_in("leaving@vendor.example", PASSWORD).path == "/today"
