"""What waits costs nothing: with 200,000 parked people no look at what is due reads a whole table.

On PostgreSQL: every statement that is sent is explained, and none may scan a table of people's rows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from app import clock, pipeline
from app.auth import passwords
from app.database import Database, open_database
from app.door import perform, reading
from app.jobs import mail
from app.jobs.topics import INSIDE
from app.settings import Settings
from app.web import create_app
from app.workspace.apply import apply
from nurture import switches
from prospects import due, given_up, outbox, team
from prospects.backlog import MOST_COUNTED, by_topic
from prospects.ids import ProspectId
from prospects.member import Role
from prospects.topics import Queue, Topic
from routing import clocks
from tests.support.stores import PostgresStores

pytestmark = pytest.mark.slow
"""In one process: parking 200,000 people in each would take longer than all that is asked of them."""

WORKSPACE = Path(__file__).parent / "workspaces" / "loop"
VARIABLES = {"LI_SECRET": "s" * 32, "LI_URL": "https://api.linkedin.com", "LI_TOKEN": "t"}
PARKED = 200_000
CLOSED = 20_000
PASSWORD = "owls read the quiet map"
RITA = "rita@vendor.example"

# Ids are of the same length and order as ours; `n` says whose row it is.
WHO = "lpad(to_hex(n), 32, '0')::uuid"
IT = "lpad(to_hex(n + 16777216), 32, '0')::uuid"
REP = f"(SELECT id FROM member WHERE email = '{RITA}')"
PARK = (
    """INSERT INTO account (id, domain, fields, created_at)
    SELECT {who}, 'firm' || n || '.example', '{{}}', now() FROM generate_series(1, {closed}) n""",
    """INSERT INTO prospect (id, account_id, email, name, fields, lifecycle, stage, points, fit,
        engagement, grade, warm, created_at, changed_at, look_due_at)
    SELECT {who}, lpad(to_hex(1 + n %% {closed}), 32, '0')::uuid, 'p' || n || '@firm.example', 'P',
        '{{}}', 'nurturing', 'awareness', 5, 5, 0, 'D4', false, now(), now(), now() + '9 days'
    FROM generate_series(1, {parked}) n""",
    """INSERT INTO identity (kind, key, prospect_id, learned_at)
    SELECT 'email', 'p' || n || '@firm.example', {who}, now() FROM generate_series(1, {parked}) n""",
    """INSERT INTO activity (prospect_id, id, kind, happened_at, learned_at, source, key, body,
        suspect_robot)
    SELECT {who}, {it}, 'form', now() - '9 days'::interval, now() - '9 days'::interval, 'site',
        'k', '{{"form": "guide"}}', false FROM generate_series(1, {parked}) n""",
    """INSERT INTO flow_version (flow, version, definition, published_at, entering_since)
    SELECT 'old', 1, '{{}}', now(), now()""",
    """INSERT INTO enrollment (prospect_id, id, flow, version, state, entry, entered_at, left_at, step,
        visit, visits, since, known, asked)
    SELECT {who}, {it}, 'old', 1, 'finished', 'e', now(), now(), 'end', 1, '{{}}', now(), '[]', true
    FROM generate_series(1, {parked}) n""",
    """INSERT INTO send (prospect_id, id, enrollment_id, flow, step, visit, template, topic, state,
        attempts, planned_at)
    SELECT {who}, {it}, {it}, 'old', 'hello', 1, 'hello', 'newsletter', 'sent', 1, now()
    FROM generate_series(1, {parked}) n""",
    """INSERT INTO message (id, queue, topic, ref, state, due_at, posted_at, attempt, crashes)
    SELECT {it}, 'inside', 'react', {who}, 'waiting', now() + '9 days'::interval, now(), 0, 0
    FROM generate_series(1, {parked}) n""",
    """INSERT INTO message (id, queue, topic, ref, state, due_at, posted_at, attempt, crashes)
    SELECT gen_random_uuid(), 'outside', 'mail', {who}, 'dead', now() - '9 days'::interval, now(),
        14, 0 FROM generate_series(1, {closed}) n""",
    """INSERT INTO handoff (prospect_id, id, product, lane, state, rep_id, fallback, brief, buyer,
        brief_template, requested_by, opened_at)
    SELECT {who}, {it}, '', 'normal', 'lost', {rep}, false, '{{}}', '{{}}', 1, 'warm', now()
    FROM generate_series(1, {closed}) n""",
    """INSERT INTO offer (prospect_id, handoff_id, n, rep_id, state, offered_at, expires_at)
    SELECT {who}, {it}, 1, {rep}, 'accepted', now(), now() FROM generate_series(1, {closed}) n""",
    """INSERT INTO promise (prospect_id, id, handoff_id, confirmation_id, rep_id, what, due_at,
        made_at, kept_at)
    SELECT {who}, {it}, {it}, {it}, {rep}, 'x', now(), now(), now()
    FROM generate_series(1, {closed}) n""",
    """INSERT INTO delivery (id, source, state, received_at, bytes, headers)
    SELECT {who}, 'site', 'ingested', now(), 2, '{{}}' FROM generate_series(1, {closed}) n""",
    """INSERT INTO capture (id, delivery_id, n, source, space, state, prospect_id, tries)
    SELECT {who}, {who}, 0, 'site', 'lead', 'recorded', {who}, 0
    FROM generate_series(1, {closed}) n""",
    "ANALYZE",
)


@dataclass
class Plans:
    """Explains what is sent while it listens, and keeps which table was read whole, and by what."""

    database: Database
    read_whole: list[tuple[str, str]] = field(default_factory=list)
    explained: int = 0
    _asking: bool = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        event.listen(self.database.engine, "before_cursor_execute", self._explain)
        yield
        event.remove(self.database.engine, "before_cursor_execute", self._explain)

    def _explain(
        self,
        connection: Connection,
        _cursor: Any,
        statement: str,
        parameters: Any,
        _: Any,
        many: bool,
    ) -> None:
        if self._asking or not statement.lstrip().startswith(
            ("SELECT", "UPDATE", "DELETE", "WITH")
        ):
            return
        self._asking = True
        one = parameters[0] if many else parameters
        asked = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", one)
        (plan,) = asked.scalar_one()
        self._asking = False
        self.explained += 1
        self.read_whole += [(table, " ".join(statement.split())) for table in scans(plan["Plan"])]


def scans(plan: dict[str, Any]) -> Iterator[str]:
    """Tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from scans(part)


BIG = {
    "account", "activity", "capture", "delivery", "enrollment", "handoff", "identity", "message",
    "offer", "promise", "prospect", "send",
}  # fmt: skip


@pytest.fixture(scope="module")
def parked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A workspace with 200,000 people to whom nothing is due, and 20,000 handoffs that are over."""
    stores = PostgresStores()
    url = stores.fresh()
    database = open_database(url)
    now = clock.now()
    apply(database, WORKSPACE, {**VARIABLES, "API_KEY": "k"}, now, secret="k" * 40)
    words = {"who": WHO, "it": IT, "rep": REP, "parked": PARKED, "closed": CLOSED}
    with database.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = '5min'"))
        # Whether each of a million made-up rows has its person takes longer than writing it.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in PARK:
            connection.exec_driver_sql(statement.format(**words))
    yield database
    database.close()
    stores.drop(url)
    stores.close()


@pytest.fixture
def plans(parked: Database) -> Plans:
    return Plans(parked)


@pytest.fixture
def settings(parked: Database, tmp_path: Path) -> Settings:
    url = parked.engine.url.render_as_string(hide_password=False)
    return Settings(data=tmp_path, database_url=url, secret_key="k" * 40, api_token="a" * 20)


def whole(plans: Plans) -> list[str]:
    assert plans.explained, "nothing was looked at"
    return [f"{table}: {sql}" for table, sql in plans.read_whole if table in BIG]


def somebody(n: int) -> ProspectId:
    return ProspectId(UUID(int=n))


def test_the_check_sees_a_scan(plans: Plans) -> None:
    with plans.listening(), reading(plans.database) as session:
        session.execute(text("SELECT count(*) FROM message WHERE last_error = 'x'"))
    assert [each.split(":")[0] for each in whole(plans)] == ["message"]


def test_the_page_of_operations_counts_without_reading_what_is_parked(plans: Plans) -> None:
    now = clock.now()
    with plans.listening(), reading(plans.database) as session:
        react = next(each for each in by_topic(session, now) if each.topic is Topic.REACT)
        assert (react.later, react.more) == (MOST_COUNTED, True)
        (cause,) = given_up.causes(session, limit=5)
        assert cause.count == CLOSED
        found = given_up.of_cause(session, cause.topic, cause.reason, after=None, limit=50)
        assert len(found) == 50
        due.oldest_due(session, Queue.INSIDE, now)
    assert whole(plans) == []


def test_leasing_what_is_due_reads_none_of_what_is_parked(plans: Plans) -> None:
    now = clock.now()

    def work(session: Session) -> None:
        outbox.post(session, Topic.REACT, [somebody(1), somebody(2)], now)
        leased = outbox.lease(session, Queue.INSIDE, now, limit=200)
        assert len(leased) == 2
        outbox.done(session, leased)
        outbox.lease_suspect(session, Queue.INSIDE, now)
        due.queues_due(session, now)
        for queue in Queue:
            due.oldest_due(session, queue, now)

    with plans.listening():
        perform(plans.database, work)
    assert whole(plans) == []


def test_a_reaction_reads_only_its_own_people(plans: Plans) -> None:
    now = clock.now()
    some = [somebody(n) for n in range(1000, 1100)]
    with plans.listening():
        perform(plans.database, lambda session: pipeline.react(session, some, now))
    assert plans.explained > 10
    assert whole(plans) == []


def test_a_clock_reads_only_its_own_handoff(plans: Plans) -> None:
    refs = [f"{UUID(int=n)}/{UUID(int=n + 16777216)}" for n in range(1, 20)]
    with plans.listening():
        perform(plans.database, lambda session: clocks.tick(session, refs, clock.now()))
    assert whole(plans) == []


def test_a_mail_and_an_erasure_read_only_their_own_person(plans: Plans, settings: Settings) -> None:
    ref = f"{UUID(int=7)}/{UUID(int=7 + 16777216)}"
    now = clock.now()
    with plans.listening():
        perform(plans.database, lambda s: mail.prepare(s, ref, now, settings))
        perform(plans.database, lambda s: INSIDE[Topic.ERASE](s, [str(UUID(int=7))], now, settings))
    assert whole(plans) == []


def test_the_switches_look_through_no_mail_that_is_not_held(plans: Plans) -> None:
    now = clock.now()
    with plans.listening():
        perform(plans.database, lambda s: switches.stop_all_mail(s, now, by="t"))
        perform(plans.database, lambda s: switches.resume_mail(s, now, by="t"))
        perform(plans.database, lambda s: switches.go_live(s, now, by="t"))
    assert whole(plans) == []


def test_pages_and_lists_read_only_what_they_show(plans: Plans, settings: Settings) -> None:
    app = create_app(settings, database=plans.database)
    rep, admin = signed_in(plans, app.test_client), app.test_client()
    token = {"Authorization": f"Bearer {settings.api_token}"}
    person = f"/people/{UUID(int=50)}"
    pages = ["/today", "/handoffs", "/people", "/people?stage=awareness", "/outbox", "/received"]
    lists = ["prospects", "activities", "sends", "handoffs", "decisions", "deliveries", "people"]
    with plans.listening():
        for page in [*pages, person, "/readyz"]:
            assert rep.get(page).status_code in (200, 403, 404, 503), page
        for each in [*lists, "handoffs?state=offered", "prospects?stage=evaluation"]:
            assert admin.get(f"/api/v1/{each}", headers=token).status_code == 200, each
    assert whole(plans) == []


def signed_in(plans: Plans, client: Callable[[], FlaskClient]) -> FlaskClient:
    def keep(session: Session) -> None:
        now = clock.now()
        every = [str(role) for role in Role]
        team.save(session, [{"email": RITA, "name": "Rita", "roles": every}], now)
        member = team.by_email(session, RITA)
        assert member
        passwords.keep(session, member.id, PASSWORD, now)

    perform(plans.database, keep)
    browser = client()
    page = browser.get("/login").text
    csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"email": RITA, "password": PASSWORD, "csrf_token": csrf}
    assert browser.post("/login", data=fields).status_code == 302
    return browser
