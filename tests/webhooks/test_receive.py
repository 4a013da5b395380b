"""At the door: who is believed, what is answered, and that what is answered for is kept."""

import hashlib
import json
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select
from sqlalchemy.orm import Session

from app.door import perform, reading
from prospects.ids import DeliveryId
from prospects.message import MessageRow
from prospects.sealing import seal
from tests.webhooks.kinds import NOW
from tests.webhooks.support import (
    GENERIC,
    LINKEDIN,
    TOKEN,
    Site,
    a_source,
    lead,
    linkedin_signature,
    payload,
)
from webhooks import health
from webhooks.adapter import Incoming, Verified
from webhooks.receive import Arrival, Kept, arrival, receive
from webhooks.rows import DeliveryRow


def count(site: Site, row: type[Any]) -> int:
    with reading(site.database) as session:
        return int(session.execute(select(func.count()).select_from(row)).scalar_one())


def test_what_is_answered_for_is_kept_with_a_promise_to_read_it(site: Site) -> None:
    site.configure()
    answer = site.post(lead())
    assert answer.status_code == 200
    (kept,) = site.deliveries()
    assert answer.get_json() == {"delivery": str(kept.id)}
    assert kept.body is not None
    assert kept.sha256 == hashlib.sha256(kept.body).hexdigest()
    assert kept.size == len(kept.body)
    assert count(site, MessageRow) == 1


def test_a_repeat_gets_the_same_answer_and_is_kept_once(site: Site) -> None:
    site.configure()
    first, second = site.post(lead()), site.post(lead())
    assert first.data == second.data
    assert second.status_code == 200
    assert count(site, DeliveryRow) == count(site, MessageRow) == 1


def test_fifty_repeats_at_the_same_instant_are_kept_once(site: Site) -> None:
    site.configure()
    start = threading.Barrier(50)
    answers: list[tuple[int, bytes]] = []

    def post() -> None:
        start.wait()
        answer = site.post(lead())
        answers.append((answer.status_code, answer.data))

    threads = [threading.Thread(target=post) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 50
    assert len(set(answers)) == 1
    assert answers[0][0] == 200
    assert count(site, DeliveryRow) == count(site, MessageRow) == 1


def test_without_an_id_each_request_counts_but_the_same_bytes_within_a_minute_do_not(
    site: Site,
) -> None:
    site.configure()
    seen = {"email": "mia@nordwind.example", "activity": "page_view", "body": {"page": "/"}}
    assert site.post(seen).data == site.post(seen).data
    assert site.post({**seen, "body": {"page": "/b"}}).data != site.post(seen).data
    assert count(site, DeliveryRow) == 2


def test_the_minute_in_which_the_same_is_a_repeat_is_a_minute_from_whenever_it_came(
    site: Site,
) -> None:
    request = Incoming("POST", {}, {}, b"{}")
    ids: dict[float, DeliveryId] = {}
    for seconds in (0.0, 59.9, 60.1, 119.0, 120.2, 300.0):
        at = datetime(2026, 11, 3, 9, 15, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        arrived = arrival(request, a_source(), Verified("body:x", lately=True), at, secret="s")
        ids[seconds] = perform(site.database, partial(kept_at, arrived=arrived, at=at)).id
    assert ids[0.0] == ids[59.9]
    assert ids[60.1] == ids[119.0]
    assert len(set(ids.values())) == 4


def kept_at(session: Session, arrived: Arrival, at: datetime) -> Kept:
    return receive(session.connection(), arrived, at)


def test_the_senders_idempotency_key_makes_such_an_activity_one(site: Site) -> None:
    site.configure()
    seen = {"email": "mia@nordwind.example", "activity": "page_view"}
    first = site.post(seen, Idempotency_Key="once")
    assert site.post(seen, Idempotency_Key="once").data == first.data
    assert site.post(seen, Idempotency_Key="twice").data != first.data


def test_an_idempotency_key_that_never_changes_loses_nothing(site: Site) -> None:
    site.configure()
    site.post(lead(external_id="a"), Idempotency_Key="always")
    site.post(lead(external_id="b"), Idempotency_Key="always")
    assert count(site, DeliveryRow) == 2


def test_who_is_not_believed_is_refused_and_nothing_is_kept(site: Site) -> None:
    site.configure()
    for token in ("", "wrong", TOKEN + "x", TOKEN[:-1], "é"):
        assert site.post(lead(), X_Token=token).status_code == 401
    assert count(site, DeliveryRow) == 0


def test_refusals_are_counted_in_memory_and_written_together(site: Site) -> None:
    site.configure()
    for _ in range(3):
        site.post(lead(), X_Token="wrong")
    site.app.extensions["intake"].flush()
    with reading(site.database) as session:
        assert health.of(session, ["api"])["api"].refused == 3


def test_a_body_over_the_limit_is_refused_before_it_is_read(site: Site) -> None:
    site.configure()
    assert site.post(b"x" * (10 << 20)).status_code == 413
    assert count(site, DeliveryRow) == 0


def test_a_source_may_have_a_limit_of_its_own(site: Site) -> None:
    site.configure(**GENERIC, max_body=2048)
    assert site.post(b"x" * 4096).status_code == 413


def test_unknown_and_switched_off_sources_are_absent(site: Site) -> None:
    site.configure("off", **GENERIC, active=False)
    assert site.post(lead(), "/webhooks/nobody").status_code == 404
    assert site.post(lead(), "/webhooks/off").status_code == 404


def test_a_source_whose_secrets_cannot_be_opened_asks_its_senders_to_come_again(site: Site) -> None:
    lost = seal("a key that nobody has any more", TOKEN)
    site.configure(**{**GENERIC, "auth": {"header": "X-Token", "value": lost}})
    answer = site.post(lead())
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


def test_other_methods_mean_nothing_here(site: Site) -> None:
    site.configure()
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = site.app.test_client().open("/webhooks/api", method=method)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_token_in_the_path_is_proof_enough_for_a_body_that_can_be_read(site: Site) -> None:
    site.configure(kind="generic_json", token="long-token-in-a-path")
    path = "/webhooks/api/long-token-in-a-path"
    assert site.post(lead(), path).status_code == 200
    assert site.post(lead(), "/webhooks/api/another-token").status_code == 401
    assert site.post(lead()).status_code == 401
    assert site.post(b"not json", path).status_code == 400
    assert count(site, DeliveryRow) == 1


def test_a_secret_in_the_body_is_overwritten_with_as_many_stars(site: Site) -> None:
    site.configure()
    body = b'{"email": "mia@nordwind.example", "note": "' + TOKEN.encode() + b'"}'
    site.post(body)
    (kept,) = site.deliveries()
    assert kept.body == body.replace(TOKEN.encode(), b"*" * len(TOKEN))
    assert TOKEN not in str(kept.headers)


@pytest.mark.parametrize("letters", ["=&", '=&/"zéß😀', "".join(map(chr, range(33, 127)))])
def test_a_key_is_starred_out_however_its_letters_are_spelled_in_json(
    site: Site, letters: str
) -> None:
    key = f"a key {letters} of a form"
    site.configure(kind="google_lead_form", secrets=[key])
    units = key.encode("utf-16-be").hex()
    whole = "".join(f"\\u{units[n : n + 4]}" for n in range(0, len(units), 4))
    partly = json.dumps(key)[1:-1].replace("=", "\\u003D").replace("&", "\\u0026")
    for n, spelled in enumerate((whole, partly, partly.replace("/", "\\/"))):
        body = f'{{"lead_id": "{n}", "google_key": "{spelled}", "note": "\\u003d"}}'.encode()
        assert site.post(body).status_code == 200
        starred = body.replace(spelled.encode(), b"*" * len(spelled.encode()))
        assert starred in [each.body for each in site.deliveries()]


def test_a_new_secret_counts_at_once_and_an_old_one_soon_no_longer(site: Site) -> None:
    site.configure()
    site.post(lead())
    time.sleep(0.15)
    site.configure(kind="generic_json", auth={"header": "X-Token", "value": "another"})
    assert site.post(lead(external_id="2"), X_Token="another").status_code == 200
    time.sleep(1.1)
    assert site.post(lead(external_id="3")).status_code == 401


def test_linkedins_challenge_is_answered_from_memory_with_the_database_down(site: Site) -> None:
    site.configure("li", **LINKEDIN)
    assert site.notify(payload("linkedin/notification_deleted.json")).status_code == 200
    site.lose_database()
    time.sleep(1.1)
    answer = site.app.test_client().get(
        "/webhooks/li?challengeCode=890e4665-4dfe-4ab1-b689-ed553bceeed0&applicationId=201234567"
    )
    assert answer.status_code == 200
    assert answer.get_json() == {
        "challengeCode": "890e4665-4dfe-4ab1-b689-ed553bceeed0",
        "challengeResponse": "eb7600f5186ba43fae206da1f3add42a5b04bcf77e440cb6c81347b6f7784954",
    }


def test_only_a_canonical_uuid_is_signed_for_a_stranger(site: Site) -> None:
    site.configure("li", **LINKEDIN)
    attack = json.loads(payload("linkedin/validation_get_attack.json"))["request"]["query"]
    good = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
    bad = [attack["challengeCode"], "", good.upper(), f"{good}\n", f"{{{good}}}"]
    for code in [*bad, good.replace("-", "")]:
        answer = site.app.test_client().get("/webhooks/li", query_string={"challengeCode": code})
        assert answer.status_code == 400
        assert b"challengeResponse" not in answer.data


def test_linkedins_signature_is_over_a_prefix_and_the_raw_body(site: Site) -> None:
    site.configure("li", **LINKEDIN)
    body = payload("linkedin/notification_created_sponsored.json")
    good = linkedin_signature(body)
    assert site.notify(body, X_LI_Signature=f"hmacsha256={good}").status_code == 401
    assert site.notify(body, X_LI_Signature=good.upper()).status_code == 401
    assert site.notify(body + b" ", X_LI_Signature=good).status_code == 401
    assert site.notify(body, X_LI_Signature=good).status_code == 200


def test_with_the_database_away_the_sender_is_asked_to_come_again(site: Site) -> None:
    site.configure()
    site.post(lead())

    site.lose_database()
    answer = site.post(lead(external_id="2"))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize("lately", [False, True])
def test_a_repeat_is_found_by_its_key_however_much_its_source_delivered(
    site: Site, lately: bool
) -> None:
    arrived = Arrival("api", "k" * 64, None, {}, b"{}", "b" * 64 if lately else None)
    on_sqlite = site.database.on_sqlite
    plans: list[str] = []

    def explain(
        connection: Connection, _: object, statement: str, values: Any, *__: object
    ) -> None:
        if "FROM delivery" in statement and "EXPLAIN" not in statement:
            explained = f"EXPLAIN {'QUERY PLAN ' * on_sqlite}{statement}"
            plans.extend(str(row[-1]) for row in connection.exec_driver_sql(explained, values))

    with site.database.engine.connect() as connection:
        if not on_sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")
        assert receive(connection, arrived, NOW).fresh
        event.listen(connection, "before_cursor_execute", explain)
        assert not receive(connection, arrived, NOW).fresh
    looks = [
        line for line in plans if re.search(r"(SEARCH|SCAN) delivery|Scan.* on delivery", line)
    ]
    assert looks
    assert all("key>?" in each or "uq_delivery_source_key" in each for each in looks), looks
