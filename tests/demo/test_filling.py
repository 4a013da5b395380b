"""Filling a demo: the same each time, in the right place only, on both databases, and its workspace travels."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app import migrate
from app.database import Database, open_database
from app.demo.beginning import begin, check_empty, check_no_demo
from app.demo.story import PRESENT
from app.demo.walkins import WALK_INS
from app.demo_state.rows import DemoRow
from app.door import perform, reading
from app.endings import RefusedError
from app.workspace import kept
from app.workspace.apply import apply, work_out
from app.workspace.export import export
from app.workspace.standing import stand
from prospects.rows import ActivityRow, AssessmentRow, ProspectRow
from routing.finding_rows import ConfirmationRow
from routing.rows import HandoffRow
from tests.support.demo import SECRET, FilledDemo, filled, settings_of
from tests.support.stores import PostgresStores, SqliteStores
from webhooks.outbound import Only

pytestmark = pytest.mark.timeout(300)

FEW = 8
"""People of the crowd beside the heroes: enough for chance to show, if there were any."""


def told(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything of the story that has no id in it."""
    asked = {
        "people": select(
            ProspectRow.email, ProspectRow.name, ProspectRow.stage, ProspectRow.points
        ),
        "handoffs": select(
            ProspectRow.email, HandoffRow.state, HandoffRow.claimed_stage, HandoffRow.opened_at
        ).join(HandoffRow, HandoffRow.prospect_id == ProspectRow.id),
        "findings": select(
            ProspectRow.email, ConfirmationRow.verdict, ConfirmationRow.fact, ConfirmationRow.at
        ).join(ConfirmationRow, ConfirmationRow.prospect_id == ProspectRow.id),
        "history": select(ProspectRow.email, ActivityRow.kind, ActivityRow.happened_at).join(
            ActivityRow, ActivityRow.prospect_id == ProspectRow.id
        ),
        "beliefs": select(ProspectRow.email, AssessmentRow.at, AssessmentRow.points).join(
            AssessmentRow, AssessmentRow.prospect_id == ProspectRow.id
        ),
    }
    with reading(database) as session:
        return {
            name: sorted(tuple(row) for row in session.execute(query))
            for name, query in asked.items()
        }


def told_on(stores: SqliteStores | PostgresStores, folder: Path) -> dict[str, Any]:
    """The story of a demo that was filled there."""
    url = stores.fresh()
    database = open_database(url)
    filled(database, settings_of(folder, url), people=FEW)
    story = told(database)
    database.close()
    stores.drop(url)
    return story


def test_the_same_seed_tells_the_same_story_on_both_databases(
    sqlite_stores: SqliteStores, postgres_stores: PostgresStores, tmp_path: Path
) -> None:
    one = told_on(sqlite_stores, tmp_path / "one")
    two = told_on(postgres_stores, tmp_path / "two")
    assert len(one["handoffs"]) > 10
    for name in one:
        assert one[name] == two[name], name


def test_one_that_was_not_filled_to_its_end_is_begun_anew(demo: FilledDemo) -> None:
    begin(demo.database)
    with reading(demo.database) as session:
        assert session.get_one(DemoRow, 1).filled_at == PRESENT
        assert session.execute(select(ProspectRow.id).limit(1)).first()
    broken = text("UPDATE demo SET filled_at = NULL, scene = 40")
    perform(demo.database, lambda session: session.execute(broken))
    begin(demo.database)
    with reading(demo.database) as session:
        assert session.get_one(DemoRow, 1).scene == 0
        assert session.execute(select(ProspectRow.id).limit(1)).first() is None


def test_a_workspace_of_ones_own_and_a_folder_with_something_in_it_are_refused(
    empty_url: str, tmp_path: Path
) -> None:
    database = open_database(empty_url)
    (tmp_path / "secret.key").write_text("k")
    check_empty(database.engine, tmp_path)
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(RefusedError, match=r"letters\.txt.*--data DIR"):
        check_empty(database.engine, tmp_path)
    (tmp_path / "letters.txt").unlink()
    migrate.upgrade(database.engine)
    with pytest.raises(RefusedError, match=r"of its own.*--data DIR"):
        check_empty(database.engine, tmp_path)
    check_no_demo(database.engine, tmp_path)
    begin(database)
    check_empty(database.engine, tmp_path)
    with pytest.raises(RefusedError, match="holds a demo"):
        check_no_demo(database.engine, tmp_path)
    database.close()


def test_what_it_exports_makes_the_same_workspace_elsewhere(
    demo: FilledDemo, database: Database, tmp_path: Path
) -> None:
    with reading(demo.database) as session:
        files = export(stand(session), kept.read(session, demo.settings.secret_key))
    assert files.variables == ()
    for name, written in files.files.items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_text(written)
    place, environ = tmp_path / "out", {name: f"another-{name.lower()}" for name in VARIABLES}
    environ |= {"LINKEDIN_URL": "http://127.0.0.1:9", "META_URL": "http://127.0.0.1:9"}
    egress = Only(demo.settings.egress_allow)
    apply(database, place, environ, demo.present, secret=SECRET, egress=egress)
    with reading(database) as session:
        again = export(stand(session), kept.read(session, SECRET))
        standing = stand(session)
    assert again.files == files.files
    assert work_out(place, environ, standing, secret=SECRET, egress=egress).changes == ()


def test_nobody_who_walks_in_is_there_before(demo: FilledDemo) -> None:
    walking = {each.email for each in WALK_INS}
    with reading(demo.database) as session:
        there = set(session.execute(select(ProspectRow.email)).scalars())
    assert not walking & there
    assert len(walking) == len(WALK_INS)


VARIABLES = (
    "LINKEDIN_SECRET", "LINKEDIN_TOKEN", "META_SECRET", "META_VERIFY_TOKEN", "META_TOKEN",
    "GOOGLE_KEY", "SIGNALS_KEY",
)  # fmt: skip
