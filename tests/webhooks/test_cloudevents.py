"""CloudEvents in all three modes: who is believed, what an event becomes, how a sender asks first."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.kinds import Kind
from prospects.reading import UnreadableError
from tests.webhooks.support import Site, payload, sample
from webhooks.adapter import Dead, Incoming, Posted, Read, Refused, Test, Verified
from webhooks.kinds.cloudevents import ADAPTER, parse, verify
from webhooks.sources import Source
from webhooks.trial import trial
from webhooks.written import SourceError, read_source

TOKEN = "a-token-of-some-length"
NOW = datetime(2026, 11, 3, 9, 20, tzinfo=UTC)
EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "/app",
    "type": "com.acme.exported",
    "time": "2026-11-03T09:15:00Z",
    "data": {"email": "mia@nordwind.example", "rows": 7},
}
STRUCTURED = "application/cloudevents+json; charset=utf-8"
BATCH = "application/cloudevents-batch+json"


def a_source(**changes: Any) -> Source:
    return read_source({"slug": "app", "kind": "cloudevents", "secrets": [TOKEN], **changes})


def request(headers: dict[str, str] | None = None, body: bytes = b"{}", **changes: Any) -> Incoming:
    sent = {"authorization": f"Bearer {TOKEN}"} if headers is None else headers
    return Incoming(method="POST", headers=sent, query=changes.get("query", {}), body=body)


def read(event: Any, content_type: str = STRUCTURED, **changes: Any) -> Any:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    (found,) = parse(Posted(body, NOW, content_type), a_source(**changes))
    return found


@pytest.mark.parametrize("name", ["structured", "batch", "binary_data_only"])
def test_each_published_sample_is_believed_and_read(name: str) -> None:
    file = f"cloudevents/{name}.json"
    headers = {key.lower(): value for key, value in sample(file)["headers"].items()}
    source = a_source(secrets=["test-shared-header-token-0001"])
    asked = Incoming(method="POST", headers=headers, query={}, body=payload(file))
    assert isinstance(verify(asked, source, NOW), Verified)
    assert isinstance(verify(asked, a_source(), NOW), Refused)
    kept = {name: headers[name] for name in ADAPTER.keeps if name in headers}
    items = parse(Posted(payload(file), NOW, headers["content-type"], kept), source)
    assert len(items) == (2 if name == "batch" else 1)
    for item in items:
        assert isinstance(item, Read)
        assert item.kind is Kind.CUSTOM
        assert item.about.email == "ines.okafor@northfield-logistics.example"
        assert item.body["event"] == "com.vendor.feature.used"
        assert item.body["feature"] == "export"
        assert item.happened_at == datetime(2026, 11, 3, 9, 15, tzinfo=UTC)


def test_the_same_event_is_recognised_in_whichever_mode_it_comes() -> None:
    structured = read(EVENT)
    headers = {f"ce-{name}": str(EVENT[name]) for name in EVENT if name != "data"}
    posted = Posted(json.dumps(EVENT["data"]).encode(), NOW, "application/json", headers)
    (binary,) = parse(posted, a_source())
    assert isinstance(binary, Read)
    assert binary == structured


def test_the_same_data_in_binary_mode_may_be_another_event() -> None:
    proof = {"authorization": f"Bearer {TOKEN}"}
    keys = {
        verify(request({**proof, "ce-source": "/app", "ce-id": each}), a_source(), NOW)
        for each in ("1", "2")
    }
    assert len(keys) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": TOKEN},
        {"authorization": f"Bearer {TOKEN[:-1]}"},
        {"authorization": f"Basic {TOKEN}"},
    ],
)
def test_nobody_without_the_token_is_believed(headers: dict[str, str]) -> None:
    assert verify(request(headers), a_source(), NOW) == Refused(
        401, "the sender could not be proved"
    )


def test_the_token_may_stand_in_the_query_as_the_specification_has_it() -> None:
    asked = request({}, query={"access_token": TOKEN})
    assert isinstance(verify(asked, a_source(), NOW), Verified)


def test_a_body_that_is_signed_is_held_to_its_signature() -> None:
    source = read_source(
        {"slug": "app", "kind": "cloudevents", "auth": {"hmac_header": "X-Sign", "secret": TOKEN}}
    )
    sent = trial(source, NOW)
    assert sent is not None
    headers = {name.lower(): value for name, value in sent.headers.items()}
    assert isinstance(verify(request(headers, sent.body), source, NOW), Verified)
    tampered = bytes([sent.body[0] ^ 1, *sent.body[1:]])
    assert isinstance(verify(request(headers, tampered), source, NOW), Refused)


def test_a_source_that_nobody_must_prove_is_refused() -> None:
    with pytest.raises(SourceError, match="nothing proves who sends"):
        read_source({"slug": "app", "kind": "cloudevents"})


def test_a_type_is_of_the_kind_the_map_says_and_a_form_is_a_lead() -> None:
    trial_began = read(EVENT, map={"type.com.acme.exported": "trial", "rows": "account.rows"})
    assert trial_began.kind is Kind.TRIAL
    assert trial_began.about.account_fields == {"rows": 7}
    lead = read(EVENT, map={"type.com.acme.exported": "form"})
    assert lead.kind is Kind.FORM
    assert lead.body["form"] == "com.acme.exported"
    assert lead.about.fields == {"rows": 7}


def test_data_of_an_act_is_not_taken_for_the_persons_fields() -> None:
    assert read(EVENT).about.fields == {}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"id": ""}, "`id`"),
        ({"id": 7}, "`id`"),
        ({"source": None}, "`source`"),
        ({"type": " "}, "`type`"),
        ({"source": "s" * 600}, "500"),
        ({"data": [1]}, "no JSON object"),
        ({"data": None, "data_base64": "!"}, "data_base64"),
        ({"data": {}}, "about nobody"),
    ],
)
def test_an_event_that_cannot_be_used_says_why(change: dict[str, Any], reason: str) -> None:
    found = read({**EVENT, **change})
    assert isinstance(found, Dead)
    assert reason in found.reason


def test_wrapped_data_is_unwrapped() -> None:
    coded = "eyJlbWFpbCI6ICJtaWFAbm9yZHdpbmQuZXhhbXBsZSJ9"
    assert read({**EVENT, "data": None, "data_base64": coded}).about.email == "mia@nordwind.example"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (STRUCTURED, b"[]"),
        (BATCH, b"{}"),
        (BATCH, b"[]"),
        ("application/cloudevents+avro", b"\x00"),
        ("", b"7"),
    ],
)
def test_what_is_no_event_is_unreadable(content_type: str, body: bytes) -> None:
    with pytest.raises(UnreadableError):
        parse(Posted(body, NOW, content_type), a_source())


def test_one_bad_event_harms_no_other_of_its_batch() -> None:
    good, bad = parse(Posted(json.dumps([EVENT, 7]).encode(), NOW, BATCH), a_source())
    assert isinstance(good, Read)
    assert isinstance(bad, Dead)


def test_a_test_is_one() -> None:
    sent = trial(a_source(), NOW)
    assert sent is not None
    (item,) = parse(Posted(sent.body, NOW, "application/json"), a_source())
    assert isinstance(item, Test)


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*EVENT, "data_base64", "subject"]),
        st.text(max_size=9) | st.integers(-9, 9) | st.dictionaries(st.text(max_size=5), st.text()),
    )
)
def test_whatever_shape_an_event_has_it_is_read_or_explained(changes: dict[str, Any]) -> None:
    (found,) = parse(Posted(json.dumps({**EVENT, **changes}).encode(), NOW, ""), a_source())
    assert isinstance(found, Read | Dead)


def test_a_sender_that_asks_first_is_told_whether_it_may(site: Site) -> None:
    site.configure("app", kind="cloudevents", secrets=[TOKEN], origins=["events.acme.example"])
    client = site.app.test_client()

    def ask(origin: str) -> Any:
        return client.options("/webhooks/app", headers={"WebHook-Request-Origin": origin})

    allowed = ask("Events.acme.example")
    assert allowed.status_code == 200
    assert allowed.headers["WebHook-Allowed-Origin"] == "events.acme.example"
    assert allowed.headers["WebHook-Allowed-Rate"] == "*"
    assert allowed.headers["Allow"] == "POST"
    assert ask("evil.example").status_code == 403
    assert "WebHook-Allowed-Origin" not in ask("evil.example").headers
    assert client.options("/webhooks/app").status_code == 400
    assert site.deliveries() == []


def test_an_event_in_headers_is_kept_with_them_and_recorded_once(site: Site) -> None:
    site.configure("app", kind="cloudevents", secrets=[TOKEN])
    headers = sample("cloudevents/binary_data_only.json")["headers"]
    headers = {**headers, "Authorization": f"Bearer {TOKEN}"}
    for _ in range(2):
        assert (
            site.post(
                payload("cloudevents/binary_data_only.json"), "/webhooks/app", **headers
            ).status_code
            == 200
        )
    site.read()
    assert [each.body["event"] for each in site.activities()] == ["com.vendor.feature.used"]
    assert TOKEN not in str([each.headers for each in site.deliveries()])
