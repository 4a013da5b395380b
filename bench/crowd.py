"""Makes a company with a million prospects out of thin air: set-based SQL into the real tables.

Everything follows from a row's number, so that tables agree without being joined, and two runs make
the same. What happened lies on the disk in the order in which it happened, as it does in life.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

MONTHS = 24
SOURCES = ("site", "meta-emea", "meta-us", "linkedin", "google", "webinar", "fair", "partner")
CAMPAIGNS = ("spring", "autumn", "always-on", "retarget", "guide", "demo", "brand", "launch", "abm")
HEAVY = 5_000
"""Activities of the few people who never stop clicking."""
HEAVY_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is. Of the people one in `handoff_every` was handed to sales."""

    prospects: int
    activities: int
    handoff_every: int = 16

    @property
    def handoffs(self) -> int:
        return max(self.prospects // self.handoff_every, 1)

    @property
    def accounts(self) -> int:
        return max(self.prospects // 4, 1)

    @property
    def usual(self) -> int:
        """Most activities of an ordinary person; their mean is half of it."""
        heavy = self.prospects // HEAVY_EVERY
        rest = max(self.activities - heavy * HEAVY, self.prospects)
        return max(2 * rest // self.prospects - 1, 1)


FUNCTIONS = """
CREATE OR REPLACE FUNCTION pg_temp.mint(at timestamptz, n bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (lpad(to_hex((date_part('epoch', at) * 1000)::bigint), 12, '0') || '7'
        || lpad(to_hex(n & 4095), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid $$;
CREATE OR REPLACE FUNCTION pg_temp.chance(n bigint, salt bigint, most int) RETURNS int
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT abs(mod(hashint8extended(n, salt), most))::int $$;
CREATE OR REPLACE FUNCTION pg_temp.one_of(words text[], n bigint, salt bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT words[1 + pg_temp.chance(n, salt, cardinality(words))] $$;
CREATE OR REPLACE FUNCTION pg_temp.born(n bigint) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '{start}'::timestamptz + (n - 1) * interval '{step} seconds' $$;
CREATE OR REPLACE FUNCTION pg_temp.who(n bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pg_temp.mint(pg_temp.born(n), n) $$;
CREATE OR REPLACE FUNCTION pg_temp.account_of(n bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 1 + pg_temp.chance(n, 3, {accounts}) $$;
CREATE OR REPLACE FUNCTION pg_temp.company(a bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pg_temp.mint('{start}', a) $$;
CREATE OR REPLACE FUNCTION pg_temp.rep(n bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ('{{{reps}}}'::uuid[])[1 + mod(n, {rep_count})] $$;
CREATE OR REPLACE FUNCTION pg_temp.handed(h bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT h * {handoff_every} $$;
CREATE OR REPLACE FUNCTION pg_temp.opened(h bigint) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN h > {handoffs} - 700 THEN '{now}'::timestamptz - ({handoffs} - h) * interval '200 seconds'
        ELSE least(pg_temp.born(pg_temp.handed(h)) + pg_temp.chance(h, 5, 40) * interval '1 day',
            '{now}'::timestamptz - interval '3 days') END $$;
CREATE OR REPLACE FUNCTION pg_temp.handoff(h bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pg_temp.mint(pg_temp.opened(h), h) $$;
CREATE OR REPLACE FUNCTION pg_temp.place(h bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN h > {handoffs} - 250 THEN 'held' WHEN h > {handoffs} - 700 THEN 'offered'
        WHEN pg_temp.chance(h, 7, 100) < 4 THEN 'accepted' WHEN pg_temp.chance(h, 7, 100) < 10 THEN 'checked'
        WHEN pg_temp.chance(h, 7, 100) < 22 THEN 'won' WHEN pg_temp.chance(h, 7, 100) < 60 THEN 'lost'
        WHEN pg_temp.chance(h, 7, 100) < 85 THEN 'recycled' ELSE 'disqualified' END $$;
CREATE OR REPLACE FUNCTION pg_temp.source(n bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pg_temp.one_of('{{{sources}}}', n, 11) $$;
CREATE OR REPLACE FUNCTION pg_temp.campaign(n bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pg_temp.one_of('{{{campaigns}}}', n, 13) $$;
"""


def functions(size: Size, reps: list[str], start: datetime, now: datetime) -> str:
    """The functions by which the tables agree on who is who."""
    step = (now - start).total_seconds() / size.prospects
    return FUNCTIONS.format(
        start=start.isoformat(),
        now=now.isoformat(),
        step=f"{step:.6f}",
        accounts=size.accounts,
        handoffs=size.handoffs,
        handoff_every=size.handoff_every,
        reps=",".join(reps),
        rep_count=len(reps),
        sources=",".join(SOURCES),
        campaigns=",".join(CAMPAIGNS),
    )


def without_indexes(connection: Connection, table: str) -> Iterator[str]:
    """Take a table's keys and indexes away; yields the statements that bring them back."""
    constraints = connection.exec_driver_sql(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE conrelid = '{table}'::regclass AND contype IN ('p', 'u')"
    ).all()
    indexes = connection.exec_driver_sql(
        f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = '{table}'"
    ).all()
    for name, definition in constraints:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        yield f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}'
    kept = {name for name, _ in constraints}
    for name, definition in indexes:
        if name not in kept:
            connection.exec_driver_sql(f'DROP INDEX "{name}"')
            yield definition
