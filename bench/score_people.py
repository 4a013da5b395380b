"""People for `bench score`: some made by the engine from their histories, and very many like them by set-based SQL."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from prospects.ids import AccountId, ActivityId, ProspectId
from prospects.kinds import Kind
from prospects.values import Activity, Company, Lifecycle, Person, Snapshot
from scoring.assess import assess
from scoring.card.card import Calibration, Card, Label, Rung, Scales, Window
from scoring.card.terms import Levels, Side, Steps, Term
from scoring.feature_states import FORMAT
from scoring.features import points, tally
from scoring.features.keeping import made
from scoring.features.registry import REGISTRY, VERSION
from scoring.rules import ScoringRules

PATTERNS = 2_000
"""Different people; the others are like one of these, four to a company."""
MOST_ACTS = 14
QUIET = 0.6
"""The share of people who did nothing in the last hundred days, as in a record of some years."""
SOURCES = tuple(f"source-{n}" for n in range(25))
KINDS = (
    *(Kind.PAGE_VIEW, Kind.PAGE_VIEW, Kind.PAGE_VIEW, Kind.CLICK, Kind.CLICK),
    *(Kind.FORM, Kind.DOWNLOAD, Kind.OPEN),
)
TITLES = ("CTO", "Head of Purchasing", "Buyer", "VP Operations", "Engineer", "Assistant", None)
INDUSTRIES = ("machines", "software", "paper", "health", None)
COUNTED = ("count", "recent_7d", "recent_30d", "hours_since")
NAMES = (
    *(
        f"did.{kind}.{what}"
        for kind in ("form", "page_view", "click", "download", "any")
        for what in COUNTED
    ),
    *("did.open.count", "did.open.hours_since", "did.reply.count", "did.webinar.count"),
    *("did.meeting.count", "did.any.kinds", "did.any.active_days", "did.any.weekend_share"),
    *("points.fit", "points.engagement", "person.seniority", "person.function", "person.country"),
    *("person.free_mail", "person.phone_left", "account.employees", "account.industry"),
    *("came.source", "came.last_campaign", "fields.budget"),
)
"""Forty terms."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Somebody as they were made, with what is kept of them."""

    seen: Snapshot
    columns: dict[str, Any]


def card_of(now: datetime, *, moved: float = 0.0, grown: float = 1.0) -> Card:
    """A plausible card; `moved` is what people of one source in 25 gain, `grown` how much more every term weighs."""
    terms = tuple(_term(name, n, moved, grown) for n, name in enumerate(NAMES))
    return Card(
        rung=Rung.ADDITIVE,
        feature_version=VERSION,
        label=Label(name="found evaluation or later", positive="evaluation", horizon_days=30),
        intercept=-2.0,
        terms=terms,
        calibration=Calibration(passed=True),
        scales=Scales(
            fit=((-1.5, 0), (1.5, 100)),
            engagement=((-3, 0), (4, 100)),
            points=((-6, 0), (-2, 30), (2, 80), (4, 100)),
        ),
        window=Window(rows=1000, positives=200, sha256="0" * 64),
        trained_at=now,
    )


def _term(name: str, n: int, moved: float, grown: float) -> Term:
    feature = REGISTRY.get(name)
    side = feature.side if feature else Side.FIT
    step = (0.05 + 0.02 * (n % 4)) * grown
    if name == "came.source":
        levels = dict.fromkeys(SOURCES, 0.0) | {SOURCES[0]: moved}
        return Levels(feature=name, side=side, weights=levels, other=0, missing=0)
    if feature is None or feature.sort == "word":
        words = ("c_level", "vp", "director", "yes", "machines", "DE", "spring")
        return Levels(
            feature=name, side=side, weights=dict.fromkeys(words, 3 * step), other=0, missing=-step
        )
    longer = 30.0 if name.endswith("hours_since") or name.startswith("account") else 1.0
    falls = -1 if name.endswith("hours_since") else 1
    edges = tuple(longer * each for each in (0, 1, 2, 4, 8, 20))
    weights = tuple(falls * step * each for each in (-2, -1, 0, 1, 2, 3, 4))
    return Steps(feature=name, side=side, edges=edges, weights=weights, missing=-step)


def patterns(rules: ScoringRules, now: datetime) -> Iterator[Pattern]:
    """The different people, each assessed by these rules."""
    chance = Random(7)
    for n in range(PATTERNS):
        if n % 4 == 0:
            company = _company(chance)
        seen = replace(_somebody(chance, now), company=company, stages=rules.ladder)
        yield Pattern(seen, _columns(seen, rules, now))


def _company(chance: Random) -> Company:
    told = {
        "employees": chance.choice(("20", "200", "1200")),
        "industry": chance.choice(INDUSTRIES),
    }
    fields = {name: value for name, value in told.items() if value}
    return Company(id=AccountId(UUID(int=1)), domain="firm1.example", name="Firm", fields=fields)


def _somebody(chance: Random, now: datetime) -> Snapshot:
    quiet, source = chance.random() < QUIET, chance.choice(SOURCES)
    ages = sorted(
        (timedelta(days=(101 if quiet else 0.01) + 99 * chance.random()) for _ in range(MOST_ACTS)),
        reverse=True,
    )[: chance.randint(1, MOST_ACTS)]
    acts = [_act(chance, k, now - age, source) for k, age in enumerate(ages)]
    return Snapshot(
        prospect_id=ProspectId(UUID(int=1)),
        as_of=now,
        person=Person(
            email="p1@firm1.example",
            title=chance.choice(TITLES),
            country=chance.choice(("DE", "FR", "US")),
            phone=chance.choice((None, "+49301000")),
            zone="Europe/Berlin",
            fields={"budget": chance.choice(("yes", "no"))},
        ),
        company=None,
        activities=tuple(acts),
        lifecycle=Lifecycle.NURTURING,
        stages=(),
    )


def _act(chance: Random, k: int, at: datetime, source: str) -> Activity:
    kind = Kind.FORM if k == 0 else chance.choice(KINDS)
    body = {"page": f"/part-{k % 4}/page"} if kind is Kind.PAGE_VIEW else {"campaign": "spring"}
    if kind is Kind.FORM:
        body["form"] = chance.choice(("guide", "guide", "guide", "demo"))
    return Activity(ActivityId(UUID(int=k)), kind, at, at, source, body)


def _columns(seen: Snapshot, rules: ScoringRules, now: datetime) -> dict[str, Any]:
    found, kept = assess(seen, rules, now), made(seen, rules, now)
    claim, noted = found.claim, kept.noted
    return {
        "title": seen.person.title,
        "country": seen.person.country,
        "phone": seen.person.phone,
        "fields": json.dumps(dict(seen.person.fields)),
        "firm": json.dumps(dict(seen.company.fields if seen.company else {})),
        "stage": claim.stage if claim else None,
        "confidence": claim.confidence if claim else None,
        "expires_at": claim.expires_at if claim else None,
        "model": claim.model if claim else found.model,
        "points": found.points,
        "fit": found.fit,
        "engagement": found.engagement,
        "grade": found.grade,
        "score": found.score,
        "warm": found.warm,
        "logit": found.logit,
        "due": found.look_again_at,
        "scored_by": found.model,
        "own": found.own_points,
        "format": FORMAT,
        "acts": noted.acts,
        "history": noted.history,
        "mark": noted.mark,
        "learned_at": noted.learned_at,
        "tally": json.dumps(tally.written(kept.tally)),
        "earned": json.dumps(points.written(noted.earned)),
    }


def make(session: Session, people: int, rules: ScoringRules, now: datetime) -> None:
    """So many people assessed by these rules, with their histories and what is kept of them."""
    connection = session.connection()
    for setting in ("session_replication_role = replica", "statement_timeout = 0"):
        connection.exec_driver_sql(f"SET LOCAL {setting}")
    for statement in TEMPLATES:
        connection.exec_driver_sql(statement)
    columns, acts = [], []
    for t, each in enumerate(patterns(rules, now)):
        columns.append({"t": t, **each.columns})
        acts += [
            {"t": t, "k": k, "kind": one.kind, "at": one.happened_at, "source": one.source,
             "body": json.dumps(dict(one.body))}
            for k, one in enumerate(each.seen.activities)
        ]  # fmt: skip
    for table, rows in (("pattern", columns), ("pattern_act", acts)):
        names = ", ".join(rows[0])
        values = ", ".join(f"%({name})s" for name in rows[0])
        connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)
    said = {"people": people, "version": rules.version, "patterns": PATTERNS}
    for statement in ROWS:
        connection.exec_driver_sql(statement.format(now=now.isoformat(), **said))


TEMPLATES = (
    """CREATE TEMP TABLE pattern (t int PRIMARY KEY, title text, country text, phone text, fields jsonb,
    firm jsonb, stage text, confidence float, expires_at timestamptz, model text, points float, fit float,
    engagement float, grade text, score float, warm bool, logit float, due timestamptz, scored_by text,
    own float, format int, acts int, history int, mark bigint, learned_at timestamptz, tally jsonb,
    earned jsonb)""",
    """CREATE TEMP TABLE pattern_act (t int, k int, kind text, at timestamptz, source text, body jsonb,
    PRIMARY KEY (t, k))""",
    """CREATE FUNCTION pg_temp.an_id(start text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (start || '0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$""",
)
# A person's acts are numbered 64 to each, which makes the mark of what is kept a sum.
ROWS = (
    """INSERT INTO account (id, domain, name, fields, created_at)
    SELECT pg_temp.an_id('01920000-', a), 'firm' || a || '.example', 'Firm ' || a, firm, '{now}'
    FROM generate_series(0, ({people} - 1) / 4) a JOIN pattern ON t = mod(a * 4, {patterns})""",
    """INSERT INTO prospect (id, account_id, email, phone, name, title, company, country, zone, fields,
    lifecycle, stage, points, fit, engagement, grade, score, warm, assessment_id, look_due_at,
    rules_version, created_at, changed_at)
    SELECT pg_temp.an_id('01930000-', n), pg_temp.an_id('01920000-', n / 4),
        'p' || n || '@firm' || n / 4 || '.example', phone, 'Person ' || n, title, 'Firm ' || n / 4, country,
        'Europe/Berlin', fields, 'nurturing', stage, points, fit, engagement, grade, score, warm,
        pg_temp.an_id('01950000-', n), due, {version}, '{now}', '{now}'
    FROM generate_series(0, {people} - 1) n JOIN pattern ON t = mod(n, {patterns}) ORDER BY n""",
    """INSERT INTO activity (prospect_id, id, kind, happened_at, learned_at, source, key, body, suspect_robot)
    SELECT pg_temp.an_id('01930000-', n), pg_temp.an_id('01940000-', n * 64 + k), kind, at, at, source,
        k::text, body, false
    FROM generate_series(0, {people} - 1) n JOIN pattern_act ON t = mod(n, {patterns})""",
    """INSERT INTO feature_state (prospect_id, format, acts, history, mark, learned_at, tally, earned)
    SELECT pg_temp.an_id('01930000-', n), format, acts, history,
        (history * n::bigint * 64 + mark) & ((1::bigint << 61) - 1), learned_at, tally, earned
    FROM generate_series(0, {people} - 1) n JOIN pattern ON t = mod(n, {patterns}) ORDER BY n""",
    """INSERT INTO assessment (prospect_id, id, at, stage, confidence, expires_at, model, scored_by, logit,
    own_points, points, fit, engagement, grade, score, warm, reasons, stage_reasons)
    SELECT pg_temp.an_id('01930000-', n), pg_temp.an_id('01950000-', n), '{now}', stage, confidence,
        expires_at, model, scored_by, logit, own, points, fit, engagement, grade, score, warm, '[]', '[]'
    FROM generate_series(0, {people} - 1) n JOIN pattern ON t = mod(n, {patterns}) ORDER BY n""",
)
