"""The loop, over HTTP, with real workers: a signed notification becomes a confirmed brief and flows back.

One test for each half of the promise, in the order in which it happens, on SQLite and on PostgreSQL.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.demo.linkedin import LinkedIn
from app.demo.linkedin_shapes import Member
from tests.support.running import Running, until

PRIYA = "priya@raman-freight.example"
SECRET = "test-linkedin-client-secret-0001"
WORKSPACE = Path(__file__).parent / "workspaces" / "loop"


@pytest.fixture
def linkedin() -> Iterator[LinkedIn]:
    with LinkedIn(secret=SECRET, access_token="a-token") as stand_in:
        yield stand_in


@pytest.fixture
def warmline(
    empty_url: str, tmp_path: Path, linkedin: LinkedIn, mail_sink: Any
) -> Iterator[Running]:
    running = Running(
        tmp_path,
        DATABASE_URL=empty_url,
        WARMLINE_SMTP_URL=mail_sink.url,
        WARMLINE_MAIL_FROM="hello@vendor.example",
    )
    running.run(
        "apply",
        str(WORKSPACE),
        LI_SECRET=SECRET,
        LI_URL=linkedin.url,
        LI_TOKEN=linkedin.access_token,
        API_KEY="k",
    )
    running.start()
    running.call("POST", "/switches/live", json={})
    yield running
    running.stop()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_loop(warmline: Running, linkedin: LinkedIn, mail_sink: Any) -> None:
    webhook = f"{warmline.url}/webhooks/linkedin"
    assert linkedin.challenge(webhook)
    lead = linkedin.fill(
        Member(
            first_name="Priya",
            last_name="Raman",
            email=PRIYA,
            phone="+441632960011",
            title="Head of IT",
            company="Raman Freight plc",
        )
    )
    assert [linkedin.notify(webhook, lead) for _repeat in range(3)] == [200, 200, 200]

    person = until(lambda: find(warmline, PRIYA), what="Priya")
    assert person["name"] == "Priya Raman"
    assert person["account"]
    deliveries = warmline.call("GET", "/deliveries?source=linkedin")["items"]
    captures = [each for delivery in deliveries for each in delivery["captures"]]
    assert {each["prospect"] for each in captures} - {None} == {person["id"]}

    # She is nurtured: the flow's first mail is handed to the real mail server, once.
    sent = until(lambda: mail_sink.to(PRIYA), what="the first mail")
    assert sent[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert person["handoff"] is None

    # She acts, grows warm, and is offered to a rep with a brief.
    acts = [
        {
            "external_id": "p1",
            "email": PRIYA,
            "activity": "page_view",
            "body": {"page": "/pricing"},
        },
        {
            "external_id": "d1",
            "email": PRIYA,
            "activity": "form",
            "body": {"form": "demo"},
        },
    ]
    answer = warmline.post(
        "site", json.dumps(acts).encode(), {"X-Token": "k", "Content-Type": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    rita = warmline.run(
        "token", "create", "--role", "rep", "--name", "phone", "--person", "rita@vendor.example"
    ).split()[-1]
    offered = until(lambda: offers(warmline, rita), what="an offer for Rita")[0]
    warm = warmline.call("GET", f"/prospects/{person['id']}")
    assert warm["stage"]["claimed"] == "evaluation"
    assert warm["stage"]["reasons"]
    claimed = offered["brief"]["claim"]["stage"]
    assert claimed == "evaluation"
    assert PRIYA not in json.dumps(offered["brief"])

    # Rita takes it, and only then sees how to reach her.
    path = f"/handoffs/{offered['id']}"
    warmline.call("POST", f"{path}/acceptance", token=rita, json={}, expect=201)
    warmline.call("POST", f"{path}/acceptance", token=rita, json={}, expect=200)
    accepted = warmline.call("GET", path, token=rita)
    assert accepted["brief"]["contact"]["email"] == PRIYA
    assert len(mail_sink.to(PRIYA)) == 1, "marketing is quiet while a rep works"

    # She talks to the buyer and finds her earlier than marketing claimed.
    missing = warmline.call(
        "POST", f"{path}/confirmation", token=rita, json={"verdict": "earlier"}, expect=422
    )
    assert {each["field"] for each in missing["errors"]} >= {
        "spoke_with",
        "channel",
        "at",
        "fact",
        "stage_found",
    }
    at = datetime.now(UTC)
    finding = {
        "verdict": "earlier",
        "stage_found": "consideration",
        "spoke_with": "Priya Raman",
        "channel": "call",
        "at": at.isoformat().replace("+00:00", "Z"),
        "fact": "The budget is decided in spring",
        "still_needed": ["security paper"],
        "promises": [{"what": "security paper", "due_at": (at + timedelta(days=3)).isoformat()}],
    }
    warmline.call("POST", f"{path}/confirmation", token=rita, json=finding, expect=201)
    warmline.call("POST", f"{path}/confirmation", token=rita, json=finding, expect=409)

    # What she found changes stage, score and flow; the claim stays on record beside it.
    def moved() -> Any:
        after = warmline.call("GET", f"/prospects/{person['id']}")
        return (
            after
            if after["confirmed_stage"] == "consideration" and after["points"] < warm["points"]
            else None
        )

    after = until(moved, what="the finding to come back")
    assert after["lifecycle"] == "recycled"
    checked = warmline.call("GET", path)
    assert checked["confirmation"]["verdict"] == "earlier"
    assert checked["brief"]["claim"]["stage"] == "evaluation"
    until(
        lambda: len(mail_sink.to(PRIYA)) == 2,
        what="the mail after the verdict",
    )
    assert mail_sink.to(PRIYA)[1]["Subject"] == "What you asked for"
    kinds = [
        each["kind"]
        for each in warmline.call("GET", f"/prospects/{person['id']}/timeline")["items"]
    ]
    assert {"form", "mail_sent", "page_view", "offered", "accepted", "verdict", "promise"} <= set(
        kinds
    )


def find(warmline: Running, email: str) -> Any:
    return next(iter(warmline.call("GET", f"/prospects?email={email}")["items"]), None)


def offers(warmline: Running, token: str) -> list[Any]:
    return [
        each
        for each in warmline.call("GET", "/handoffs", token=token)["items"]
        if each["state"] == "offered"
    ]
