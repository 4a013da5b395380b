"""Where a lead went is found however its sender spelled the address, and however much came since."""

import json
from urllib.parse import quote

import pytest

from app import clock
from app.door import perform, reading
from prospects import erasure
from prospects.ids import ProspectId
from tests.webhooks.support import SECRET_KEY, Site, lead
from webhooks import again, forget, lookup

JOERG = "jörg@müller.example"
SPELLED = [
    json.dumps({"external_id": "1", "mail": JOERG}),
    json.dumps({"external_id": "2", "mail": "JÖRG@Müller.example"}, ensure_ascii=False),
    json.dumps({"external_id": "3", "mail": "Jörg@xn--mller-kva.example"}, ensure_ascii=False),
    json.dumps({"external_id": "4", "link": f"https://a.example/?to={quote(JOERG)}"}),
    f"Write to {JOERG}, this is no JSON",
]
"""Each comes to nothing, since none has a field that is known."""


@pytest.fixture
def lost(site: Site) -> Site:
    site.configure()
    for body in SPELLED:
        assert site.post(body.encode()).status_code == 200
    site.read()
    assert {each.state for each in site.captures()} == {"dead"}
    return site


def found(site: Site, words: str) -> int:
    with reading(site.database) as session:
        return len(lookup.trace(session, words, secret=SECRET_KEY).deliveries)


@pytest.mark.parametrize("words", [JOERG, "Jörg@Müller.example", f" {JOERG.upper()} "])
def test_an_address_is_found_in_what_came_to_nothing_however_it_is_spelled(
    lost: Site, words: str
) -> None:
    assert found(lost, words) == len(SPELLED)
    assert found(lost, "jorg@muller.example") == 0


def test_what_came_to_nothing_is_found_behind_all_that_came_to_something(
    lost: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "LATEST", 6)
    for n in range(10):
        lost.post([lead(external_id=f"{n}-{m}", email=f"p{n}{m}@b.example") for m in range(3)])
    lost.read()
    assert found(lost, JOERG) == len(SPELLED)
    with reading(lost.database) as session:
        assert len(again.failed(session, "api")) == len(SPELLED)


def test_a_platforms_own_id_is_found_however_much_came_since(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "LATEST", 2)
    site.configure()
    site.post(lead(external_id="the-one", email=JOERG))
    for n in range(4):
        site.post(lead(external_id=f"other-{n}", email=f"p{n}@b.example"))
    site.read()
    assert (found(site, " the-one "), found(site, "other-1"), found(site, "nobody")) == (1, 1, 0)
    (person,) = [each for each in site.people() if each.email and "rg@" in each.email]
    who = ProspectId(person.id)
    perform(site.database, lambda s: erasure.erase(s, who, clock.now(), secret=SECRET_KEY))
    assert found(site, "the-one") == 0


def test_whoever_is_forgotten_is_found_in_no_spelling_any_more(lost: Site) -> None:
    lost.post(lead(email=JOERG))
    lost.read()
    (person,) = lost.people()
    who = ProspectId(person.id)
    perform(lost.database, lambda session: forget.forget(session, who))
    perform(lost.database, lambda s: erasure.erase(s, who, clock.now(), secret=SECRET_KEY))
    assert all(each.body is None for each in lost.deliveries())
    with reading(lost.database) as session:
        assert lookup.trace(session, JOERG, secret=SECRET_KEY).forgotten
