"""A folder is applied whole or not at all, and a second time changes nothing."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.workspace.apply import apply, work_out
from app.workspace.changes import Action, ChangeSet, carry_out
from app.workspace.mistakes import MistakesError
from app.workspace.standing import Standing
from nurture import flows
from prospects import configuration, team
from prospects.audit import AuditRow
from prospects.configuration import ConfigurationRow
from routing import current as routing
from scoring import current as scoring
from tests.workspace.test_mistakes import STARTER
from webhooks import known

SECRET = "k" * 40
ENVIRON = {"API_KEY": "a-token-of-the-site"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of the starter workspace."""
    shutil.copytree(STARTER, tmp_path / "workspace")
    return tmp_path / "workspace"


def applied(database: Database, place: Path, now: datetime, **environ: str) -> ChangeSet:
    return apply(database, place, {**ENVIRON, **environ}, now, secret=SECRET)


def edit(path: Path, before: str, after: str) -> None:
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after, 1))


def test_the_starter_workspace_applies_to_an_empty_database(
    database: Database, place: Path, now: datetime
) -> None:
    done = applied(database, place, now)

    assert (done.count(Action.ADD), done.count(Action.CHANGE), done.unchanged) == (11, 0, 0)
    with reading(database) as session:
        rita = team.by_email(session, "rita@acme.example")
        assert rita is not None
        assert (rita.name, rita.weight, rita.capacity) == (
            "Rita Okoye",
            2.0,
            {"open": 20, "per_day": 8},
        )
        assert routing.current(session).fallback == "mara@acme.example"
        assert scoring.current(session).ladder[0] == "awareness"
        assert set(flows.current(session, now)) == {"considered"}
        assert known.sources(session, secret=SECRET).active("site") is not None
        assert set(configuration.read(session, "mail")) == {"hello", "nudge"}


def test_applying_again_changes_nothing(database: Database, place: Path, now: datetime) -> None:
    applied(database, place, now)
    with reading(database) as session:
        before = configuration.version(session)

    again = applied(database, place, now + timedelta(days=1))

    assert (again.changes, again.unchanged) == ((), 11)
    with reading(database) as session:
        assert configuration.version(session) == before
        assert len(session.execute(select(AuditRow)).scalars().all()) == 1


def test_only_what_changed_gets_a_new_version(
    database: Database, place: Path, now: datetime
) -> None:
    applied(database, place, now)
    edit(place / "scoring.yaml", "points: 12", "points: 13")
    edit(place / "team.yaml", "weight: 1\n", "weight: 3\n")

    done = applied(database, place, now + timedelta(days=1))

    assert [(each.kind, each.slug, each.action) for each in done.changes] == [
        ("scoring", "scoring", "change"),
        ("person", "tom@acme.example", "change"),
    ]
    with reading(database) as session:
        assert configuration.read(session, "stages")["stages"].applied_at == now
        assert configuration.read(session, "scoring")["scoring"].applied_at > now


def test_one_mistake_anywhere_and_nothing_at_all_is_applied(
    database: Database, place: Path, now: datetime
) -> None:
    edit(place / "mails" / "nudge.html", "<p>most", "{{ nobody }}<p>most")

    with pytest.raises(MistakesError):
        applied(database, place, now)

    with reading(database) as session:
        assert configuration.version(session) == 0
        assert team.members(session) == []


def test_what_fails_halfway_leaves_nothing(database: Database, place: Path, now: datetime) -> None:
    changes = work_out(place, ENVIRON, Standing(), secret=SECRET)

    def cut_short(session: Session) -> None:
        assert carry_out(session, changes, now, by="test", secret=SECRET)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        perform(database, cut_short)

    with reading(database) as session:
        assert configuration.version(session) == 0
        assert team.members(session) == []


def test_leaving_somebody_or_something_out_changes_nothing(
    database: Database, place: Path, now: datetime
) -> None:
    applied(database, place, now)
    (place / "sources.yaml").write_text("sources: []")
    (place / "flows" / "considered.yaml").unlink()
    (place / "team.yaml").write_text("people: [{email: IDA@acme.example, active: false}]")

    done = applied(database, place, now)

    assert [(each.slug, each.action) for each in done.changes] == [("ida@acme.example", "remove")]
    with reading(database) as session:
        ida = team.by_email(session, "ida@acme.example")
        assert ida is not None
        assert (ida.active, ida.name) == (False, "Ida Berg")
        assert known.sources(session, secret=SECRET).active("site") is not None
        assert len(team.members(session)) == 4


def test_secrets_are_sealed_with_their_names(
    database: Database, place: Path, now: datetime
) -> None:
    edit(
        place / "sources.yaml", "campaign: website", 'campaign: "${CAMPAIGN}"\n    token: in-plain'
    )

    applied(database, place, now, CAMPAIGN="spring")

    with reading(database) as session:
        row = session.execute(
            select(ConfigurationRow).where(ConfigurationRow.kind == "source")
        ).scalar_one()
        source = known.sources(session, secret=SECRET).active("site")
    kept = json.dumps(row.body)
    assert "a-token-of-the-site" not in kept
    assert "in-plain" not in kept
    assert row.body["auth"]["header"] == "X-Token"
    assert row.body["auth"]["value"]["name"] == "API_KEY"
    assert row.body["campaign"]["name"] == "CAMPAIGN"
    assert source is not None
    assert (source.campaign, source.token) == ("spring", "in-plain")


def test_a_new_secret_is_a_change_and_the_same_one_is_not(
    database: Database, place: Path, now: datetime
) -> None:
    applied(database, place, now)

    assert applied(database, place, now).changes == ()
    (change,) = applied(database, place, now, API_KEY="a-newer-token").changes
    assert (change.kind, change.action) == ("source", "change")


def test_a_changed_flow_is_published_as_its_next_version(
    database: Database, place: Path, now: datetime
) -> None:
    applied(database, place, now)
    edit(place / "flows" / "considered.yaml", "wait: 2d", "wait: 3d")

    applied(database, place, now + timedelta(hours=1))

    with reading(database) as session:
        assert flows.current(session, now)["considered"].version == 2


def test_other_processes_see_it_at_once(database: Database, place: Path, now: datetime) -> None:
    with reading(database) as session:
        assert routing.current(session).fallback is None
        assert known.sources(session, secret=SECRET).active("site") is None

    applied(database, place, now)

    with reading(database) as session:
        assert routing.current(session).fallback == "mara@acme.example"
        assert known.sources(session, secret=SECRET).active("site") is not None


class Overtaking(dict[str, str]):
    """An environment in which somebody else changes the workspace while it is looked at."""

    def __init__(self, database: Database, values: dict[str, str]) -> None:
        super().__init__(values)
        self.database: Database | None = database

    def __getitem__(self, name: str) -> str:
        if self.database:
            perform(self.database, configuration.touch)
            self.database = None
        return super().__getitem__(name)


def test_who_is_overtaken_looks_again(database: Database, place: Path, now: datetime) -> None:
    done = apply(database, place, Overtaking(database, ENVIRON), now, secret=SECRET)

    assert (done.since, len(done.changes)) == (1, 11)


def test_files_may_rest_on_what_was_applied_before(
    database: Database, place: Path, now: datetime, tmp_path: Path
) -> None:
    applied(database, place, now)
    alone = tmp_path / "alone"
    (alone / "flows").mkdir(parents=True)
    shutil.copy(place / "flows" / "considered.yaml", alone / "flows")
    shutil.copy(place / "routing.yaml", alone)
    edit(alone / "flows" / "considered.yaml", "flow: considered", "flow: second")

    done = applied(database, alone, now)

    assert [each.slug for each in done.changes] == ["second"]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "stages.yaml",
            "stages: [{slug: one, name: One}]",
            "the scoring `scoring` that stands would no longer fit",
        ),
        (
            "routing.yaml",
            "lanes: {slow: {accept_within: 2d}}",
            "the flow `considered` that stands would no longer fit",
        ),
    ],
)
def test_what_stands_is_not_left_hanging(
    database: Database, tmp_path: Path, now: datetime, *, file: str, text: str, said: str
) -> None:
    applied(database, STARTER, now)
    (tmp_path / file).write_text(text)

    with pytest.raises(MistakesError) as caught:
        applied(database, tmp_path, now)

    assert said in str(caught.value)
    assert caught.value.mistakes[0].file == file


def test_an_empty_folder_changes_nothing(database: Database, tmp_path: Path, now: datetime) -> None:
    assert applied(database, tmp_path, now) == ChangeSet(0, (), 0)
