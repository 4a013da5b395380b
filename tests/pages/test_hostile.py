"""Whatever a prospect or a rep types is text on every page: nothing of it becomes a part of the page."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.database import Database
from app.door import perform
from prospects.ids import new_id
from prospects.kinds import Kind
from prospects.member import Role
from prospects.rows import ProspectRow
from prospects.store import table_of
from prospects.texts import replace_unstorable
from prospects.timeline import Fact, record
from tests.pages.conftest import Visitor
from tests.pages.test_office import deliver, mail_to
from tests.routing import office

SUITES = Path(__file__).parents[2].parent / "shared" / "suites"
OWN = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "</title></textarea></pre><svg onload=alert(1)>",
    "\u202etxt.exe",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳",
]
FOREIGN = frozenset(
    {"script", "img", "iframe", "object", "embed", "base", "style", "audio", "video"}
)


@pytest.fixture(scope="module")
def payloads() -> list[str]:
    """The public suites where they are at hand, and a few of our own in any case."""
    found = list(OWN)
    if SUITES.is_dir():
        found += json.loads((SUITES / "04-blns" / "blns.json").read_text())
        for name, key in (("bleach_pairs", "input"), ("dompurify_expect", "payload")):
            suite = json.loads((SUITES / "16-html-sanitiser" / f"{name}.json").read_text())
            found += [each[key] for each in suite]
    return [str(replace_unstorable(each)) for each in found if each.strip()]


class Parts(HTMLParser):
    """Collects what a page is made of, as a browser's tokenizer sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = dict(attrs)
        ours = tag == "script" and (here.get("src") or "").startswith("/static/")
        framed = tag == "iframe" and here.get("sandbox") == ""
        if tag in FOREIGN and not ours and not framed:
            self.bad.append(tag)
        self.bad += [name for name in here if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action"):
            address = (here.get(name) or "").strip().lower()
            if address.startswith(("javascript:", "data:", "vbscript:", "//")):
                self.bad.append(address)


def harmless(page: str) -> str:
    parts = Parts()
    parts.feed(page)
    assert parts.bad == []
    return page


def chunks(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


@pytest.fixture
def admin(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("ada@us.example", Role.ADMIN, Role.REP, name="<b>Ada</b>"))


def test_names_are_text_in_lists_and_on_pages(
    admin: Visitor, database: Database, now: datetime, payloads: list[str]
) -> None:
    rows = [
        {
            "id": new_id(now + timedelta(milliseconds=turn)),
            "name": text,
            "title": text[:200],
            "company": text,
            "lifecycle": "warm",
            "created_at": now,
            "changed_at": now,
            "fields": {},
            "points": 0.0,
            "fit": 0.0,
            "engagement": 0.0,
            "warm": True,
        }
        for turn, text in enumerate(payloads)
    ]
    perform(database, lambda s: s.execute(insert(table_of(ProspectRow)), rows))
    for turn in range(0, len(rows), 50):
        after = rows[min(turn + 50, len(rows) - 1)]["id"]
        harmless(admin.see(f"/people?before={after}"))
    for row in rows[:: max(1, len(rows) // 20)]:
        harmless(admin.see(f"/people/{row['id']}"))


def test_what_somebody_wrote_is_text_in_their_history(
    admin: Visitor, database: Database, now: datetime, payloads: list[str]
) -> None:
    (ida,) = perform(database, lambda s: office.arrive(s, now, "ida@firm.example"))
    facts = [
        Fact(
            prospect_id=ida,
            kind=Kind.FORM if turn % 2 else Kind.PAGE_VIEW,
            happened_at=now - timedelta(minutes=turn),
            source="site",
            key=f"k{turn}",
            body={"form": text, "page": text, "fields": {"message": text}},
        )
        for turn, text in enumerate(payloads)
    ]
    perform(database, lambda s: record(s, facts, now, ring=False))
    path = f"/people/{ida}"
    while path:
        page = harmless(admin.see(path))
        found = [part for part in page.split('href="') if "Further back" in part]
        path = found[0].split('"')[0] if found else ""


def test_what_arrived_and_what_was_mailed_is_text(
    admin: Visitor, database: Database, now: datetime, payloads: list[str]
) -> None:
    for some in chunks(payloads, 100):
        body = "\n".join(some).encode("utf-8", "replace")
        harmless(admin.see(f"/received/{deliver(database, now, body, reason=some[0])}"))
    (ida,) = perform(database, lambda s: office.arrive(s, now, "ida@firm.example"))
    harmless(admin.see(perform(database, lambda s: mail_to(s, ida, now))))


def test_an_answer_comes_back_as_it_was_typed_and_as_text(
    admin: Visitor, database: Database, now: datetime, payloads: list[str]
) -> None:
    perform(database, lambda s: office.rules(s, now, fallback="ada@us.example"))
    (ida,) = perform(database, lambda s: office.arrive(s, now, "ida@firm.example", name=OWN[1]))
    perform(database, lambda s: office.look(s, now, ida))
    lead = f"/handoffs/{perform(database, lambda s: str(office.ref(office.handoff(s, ida))))}"
    harmless(admin.see(lead))
    admin.send(lead, f"{lead}/acceptance")
    harmless(admin.see(lead))
    page = f"{lead}/confirmation"
    token = admin.token(page)
    for some in chunks(payloads, 8):
        fields = {
            "csrf_token": token,
            "verdict": "earlier",
            "spoke_with": some[0],
            "fact": some[-1],
            "still_needed_more": "\n".join(some),
            "promise_what": some[:2],
            "decider_name": some[:3],
            "at": some[0],
            "channel": some[0],
            "stage_found": some[0],
        }
        answer = admin.client.post(page, data=fields)
        assert answer.status_code == 422
        harmless(answer.text)
    for text in payloads[:: max(1, len(payloads) // 30)]:
        refused = admin.client.post(
            f"{lead}/not-reached", data={"csrf_token": token, "channel": text}
        )
        assert refused.status_code in (303, 400)


def test_sign_in_echoes_nothing_dangerous(
    visitor: Callable[[], Visitor], payloads: list[str]
) -> None:
    guest = visitor()
    token = guest.token("/login")
    for text in payloads[:: max(1, len(payloads) // 8)]:
        fields = {"csrf_token": token, "email": text, "password": text, "next": text, "kept": text}
        answer = guest.client.post("/login", data=fields)
        assert answer.status_code in (401, 429)
        harmless(answer.text)
