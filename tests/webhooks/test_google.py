"""Google's lead forms: the key inside the body, tests, long ids, both schemas."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.webhooks.support import SECRETS, Site, payload
from webhooks.adapter import Incoming, Item, Posted, Read, Refused, Test, Verified
from webhooks.kinds.google_lead_form import parse, verify
from webhooks.written import read_source

KEY = SECRETS["google_key"]
GOOGLE = {"kind": "google_lead_form", "secrets": [KEY]}
NOW = datetime(2026, 11, 4, tzinfo=UTC)


def lead(**changes: Any) -> bytes:
    given = json.loads(payload("google_ads/lead_search.json"))
    return json.dumps(given | changes).encode()


def parsed(body: bytes, **changes: Any) -> Item:
    (found,) = parse(Posted(body, NOW), read_source({"slug": "google", **GOOGLE, **changes}))
    return found


def judged(body: bytes, **changes: Any) -> Verified | Refused:
    source = read_source({"slug": "google", **GOOGLE, **changes})
    return verify(Incoming("POST", {}, {}, body), source, NOW)


@pytest.fixture
def google(site: Site) -> Site:
    """A site with the source `google`."""
    site.configure("google", **GOOGLE)
    return site


def test_a_lead_becomes_a_person_and_the_key_is_kept_nowhere(
    google: Site, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    body = payload("google_ads/lead_search.json")
    assert google.post(body, "/webhooks/google").status_code == 200
    google.read()
    (person,) = google.people()
    assert (person.name, person.title) == ("Amara Lindqvist", "VP Marketing")
    assert person.email == "amara.lindqvist@brightmoor.example"
    (activity,) = google.activities()
    assert activity.happened_at == datetime(2026, 11, 3, 9, 15, tzinfo=UTC)
    assert activity.body["gcl_id"] == "EAIaIQobChMIexampleGclid0001"
    assert activity.body["campaign"] == "20000000001"
    (kept,) = google.deliveries()
    assert kept.body == body.replace(KEY.encode(), b"*" * len(KEY))
    told = [caplog.text, *capsys.readouterr(), str(activity.body), str(kept.headers)]
    assert not any(KEY in each for each in told)


@pytest.mark.parametrize(
    "body", [payload("google_ads/lead_wrong_key.json"), lead(google_key=7), lead(google_key=None)]
)
def test_with_another_key_it_is_refused_and_nothing_is_kept(google: Site, body: bytes) -> None:
    assert google.post(body, "/webhooks/google").status_code == 401
    assert google.deliveries() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"a": NaN}'])
def test_what_cannot_be_read_is_nobodys(google: Site, body: bytes) -> None:
    assert google.post(body, "/webhooks/google").status_code == 400
    assert google.deliveries() == []


def test_the_test_button_turns_green_and_is_nobodys_history(google: Site) -> None:
    body = payload("google_ads/lead_test_button.json")
    assert google.post(body, "/webhooks/google").status_code == 200
    google.read()
    assert google.states() == ["test"]
    assert google.people() == []
    assert isinstance(parsed(body), Test)


def test_a_long_id_is_kept_whole_and_unknown_fields_are_passed_over(google: Site) -> None:
    body = payload("google_ads/lead_pmax.json")
    google.post(body, "/webhooks/google")
    google.read()
    assert google.states() == ["recorded"]
    assert google.captures()[0].key == json.loads(body)["lead_id"]
    assert [each.name for each in google.people()] == ["Noor Haddad"]
    assert google.activities()[0].body["ad"]["asset_group_id"] == "6400000001"


def test_the_same_lead_in_another_body_is_one(google: Site) -> None:
    for body in (lead(), lead(api_version="1.1"), lead()):
        assert google.post(body, "/webhooks/google").status_code == 200
    google.read()
    assert len(google.activities()) == 1


def test_the_older_schema_has_names_only() -> None:
    read = parsed(payload("google_ads/lead_old_schema_no_column_id.json"))
    assert isinstance(read, Read)
    assert (read.about.name, read.about.email) == ("Wale Adeyemi", "w.adeyemi@harbourcrm.example")


def test_map_names_questions_forms_and_campaigns() -> None:
    mapping = {
        "QUESTION_1": "account.timing",
        "form.40000000001": "demo",
        "campaign.20000000001": "autumn",
    }
    read = parsed(payload("google_ads/lead_search.json"), map=mapping)
    assert isinstance(read, Read)
    assert read.about.account_fields == {"company_size": "51-200", "timing": "Next quarter"}
    assert (read.body["form"], read.body["campaign"]) == ("demo", "autumn")
    plain = parsed(payload("google_ads/lead_search.json"))
    assert isinstance(plain, Read)
    assert plain.about.fields == {"when_do_you_plan_to_buy": "Next quarter"}


def test_either_live_key_is_good_and_a_secret_address_may_be_asked_for_besides() -> None:
    assert isinstance(judged(lead(), secrets=["another-key", KEY]), Verified)
    assert judged(lead(), secrets=["another-key"]) == Refused(
        401, "the key of the form is another one"
    )
    assert isinstance(judged(lead(), token="a-long-token"), Refused)


def test_a_key_that_json_escapes_is_masked_all_the_same(site: Site) -> None:
    key = 'käse/"quotes"\\slash'
    site.configure("google", kind="google_lead_form", secrets=[key])
    bodies = [
        json.dumps({"lead_id": str(n), "google_key": key}, ensure_ascii=bool(n)).encode()
        for n in range(2)
    ]
    bodies.append(bodies[1].replace(b'"lead_id": "1"', b'"lead_id": "2"').replace(b"/", b"\\/"))
    for body in bodies:
        assert site.post(body, "/webhooks/google").status_code == 200
    for kept in site.deliveries():
        assert kept.body is not None
        masked = json.loads(kept.body)["google_key"]
        assert set(masked) == {"*"}
