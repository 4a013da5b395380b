"""What is exported makes the same workspace again, and reads as its author wrote it."""

import shutil
from datetime import datetime, timedelta
from difflib import ndiff
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.workspace import in_browser, kept
from app.workspace.apply import BrowserOwnsError, apply
from app.workspace.changes import ChangeSet
from app.workspace.export import Exported, export
from app.workspace.kept import WrittenRow
from app.workspace.mistakes import MistakesError
from app.workspace.standing import stand
from prospects import configuration, outbox, segments, team
from prospects.configuration import ConfigurationRow
from prospects.message import MessageRow
from prospects.topics import Topic
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


def exported(database: Database) -> Exported:
    with reading(database) as session:
        return export(stand(session), kept.read(session, SECRET))


def written(place: Path, files: Exported) -> Path:
    for name, text in files.files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(text.encode())
    return place


def files_in(place: Path) -> dict[str, str]:
    paths = (path for path in place.rglob("*") if path.is_file())
    return {path.relative_to(place).as_posix(): path.read_bytes().decode() for path in paths}


def edit(path: Path, before: str, after: str) -> None:
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after, 1))


def test_what_came_from_files_comes_back_to_the_byte(
    database: Database, place: Path, now: datetime
) -> None:
    applied(database, place, now)

    assert exported(database).files == files_in(place)


def test_applying_an_export_changes_nothing(
    database: Database, place: Path, now: datetime, tmp_path: Path
) -> None:
    applied(database, place, now)
    again = applied(database, written(tmp_path / "out", exported(database)), now)

    assert (again.changes, again.texts, again.unchanged) == ((), (), 11)


def test_an_export_without_any_kept_text_stands_for_the_same(
    database: Database, place: Path, now: datetime, tmp_path: Path
) -> None:
    applied(database, place, now)
    with reading(database) as session:
        bare = export(stand(session), {})

    again = applied(database, written(tmp_path / "out", bare), now)

    assert bare.files.keys() == files_in(place).keys()
    assert (again.changes, again.unchanged) == ((), 11)
    assert "value: ${API_KEY}" in bare.files["sources.yaml"]


def change_elsewhere(session: Session, now: datetime) -> None:
    """What colleagues may change in the browser or otherwise."""
    flow = dict(configuration.read(session, "flow")["considered"].body)
    steps = [{**each, "wait": "4d"} if "wait" in each else each for each in flow["steps"]]
    steps.insert(1, {"id": "more", "mail": {"template": "nudge", "topic": "newsletter"}})
    flow = {**flow, "steps": steps}
    scoring = {**configuration.read(session, "scoring")["scoring"].body, "gates": []}
    configuration.write(session, "flow", "considered", flow, now, by="ida", owner="browser")
    configuration.write(session, "scoring", "scoring", scoring, now, by="ida")
    team.save(session, [{"email": "tom@acme.example", "weight": 3.0}], now)
    team.save(session, [{"email": "new@acme.example", "roles": ["rep"]}], now)


def changed(before: Exported, after: Exported, file: str) -> list[str]:
    lines = ndiff(before.files[file].splitlines(), after.files[file].splitlines())
    return [line[0] + line[2:] for line in lines if line[0] in "+-"]


def test_only_what_changed_is_written_anew_and_comments_stay(
    database: Database, place: Path, now: datetime
) -> None:
    edit(place / "flows" / "considered.yaml", "    wait: 2d\n", "    wait: 2d  # they need time\n")
    applied(database, place, now)
    before = exported(database)

    perform(database, lambda session: change_elsewhere(session, now))
    after = exported(database)

    assert changed(before, after, "flows/considered.yaml") == [
        "+  - id: more",
        "+    mail:",
        "+      template: nudge",
        "+      topic: newsletter",
        "-    wait: 2d  # they need time",
        "+    wait: 4d  # they need time",
    ]
    assert changed(before, after, "team.yaml") == [
        "-    weight: 1",
        "+    weight: 3.0",
        "+  - email: new@acme.example",
        "+    roles:",
        "+      - rep",
    ]
    assert after.files["scoring.yaml"].startswith("# When a person is warm.")
    for same in ("stages.yaml", "routing.yaml", "sources.yaml", "mails/hello.html"):
        assert before.files[same] == after.files[same]


def test_a_comment_alone_is_kept_and_is_no_new_version(
    database: Database, place: Path, now: datetime
) -> None:
    applied(database, place, now)
    edit(place / "routing.yaml", "holidays: [DE]", "holidays: [DE]  # and Bavaria's own")
    done = applied(database, place, now + timedelta(days=1))

    assert done.changes == ()
    assert exported(database).files["routing.yaml"].endswith("# and Bavaria's own\n")
    with reading(database) as session:
        assert configuration.read(session, "routing")["routing"].applied_at == now


def test_secrets_leave_by_their_names_and_never_open(
    database: Database, place: Path, now: datetime, tmp_path: Path
) -> None:
    edit(place / "sources.yaml", "campaign: website", 'campaign: "${CAMPAIGN}"')
    edit(
        place / "sources.yaml", "kind: generic_json", "kind: generic_json\n    token: in-plain-text"
    )
    applied(database, place, now, CAMPAIGN="spring")

    files = exported(database)

    assert files.variables == ("SITE_TOKEN",)
    text = files.files["sources.yaml"]
    assert "token: ${SITE_TOKEN}" in text
    assert '"${API_KEY}"' in text
    assert '"${CAMPAIGN}"' in text
    with reading(database) as session:
        row = session.execute(select(WrittenRow).where(WrittenRow.kind == "source")).scalar_one()
    assert "in-plain-text" not in text + row.text
    again = written(tmp_path / "out", files)
    done = applied(database, again, now, CAMPAIGN="spring", SITE_TOKEN="in-plain-text")
    assert [each.kind for each in done.changes] == ["source"]
    assert exported(database).variables == ()


def test_what_the_browser_changed_is_shown_and_not_overwritten(
    database: Database, place: Path, now: datetime
) -> None:
    applied(database, place, now)
    with reading(database) as session:
        body = dict(configuration.read(session, "flow")["considered"].body)
    newer = {**body, "exits": []}
    perform(
        database,
        lambda session: configuration.write(
            session, "flow", "considered", newer, now, by="ida", owner="browser"
        ),
    )

    with pytest.raises(BrowserOwnsError) as caught:
        applied(database, place, now)

    assert "+  - if:" in caught.value.difference
    assert "flow considered (now)" in caught.value.difference
    assert exported(database).files["flows/considered.yaml"].count("reason: bought") == 0
    forced = apply(database, place, ENVIRON, now, secret=SECRET, force=True)
    assert [each.slug for each in forced.changes] == ["considered"]
    with reading(database) as session:
        assert configuration.read(session, "flow")["considered"].owner == "files"


def test_two_flows_that_ask_for_one_file_get_one_each(
    database: Database, place: Path, now: datetime
) -> None:
    (place / "flows" / "considered.yaml").rename(place / "flows" / "second.yaml")
    applied(database, place, now)
    with reading(database) as session:
        body = dict(configuration.read(session, "flow")["considered"].body)
    perform(
        database,
        lambda session: configuration.write(
            session, "flow", "second", {**body, "flow": "second"}, now, by="ida", owner="browser"
        ),
    )

    files = exported(database).files

    assert "flow: considered" in files["flows/second.yaml"]
    assert "flow: second" in files["flows/second-2.yaml"]


def test_what_was_typed_in_the_browser_leaves_with_its_comments(
    database: Database, place: Path, now: datetime, tmp_path: Path
) -> None:
    applied(database, place, now)
    text = "# typed here\nflow: typed\nenter: {stage: decision}\nsteps: [{id: pause, wait: 2d}]\n"
    with reading(database) as session:
        flow = in_browser.read(text, stand(session))
    perform(database, lambda writer: in_browser.publish(writer, flow, now, since=0, by="ida"))

    files = exported(database)

    assert files.files["flows/typed.yaml"] == text
    again = applied(database, written(tmp_path / "out", files), now)
    assert again.changes == ()
    with reading(database) as session:
        assert configuration.read(session, "flow")["typed"].owner == "browser"


def test_a_variable_of_any_file_is_resolved_and_exported_by_its_name(
    database: Database, place: Path, now: datetime, tmp_path: Path
) -> None:
    edit(place / "routing.yaml", "fallback: mara@acme.example", 'fallback: "${FALLBACK}"')
    applied(database, place, now, FALLBACK="mara@acme.example")
    with reading(database) as session:
        (routing,) = configuration.read(session, "routing").values()
    assert routing.body["fallback"] == "mara@acme.example"
    assert exported(database).files["routing.yaml"] == (place / "routing.yaml").read_text()
    out = written(tmp_path / "out", exported(database))
    assert applied(database, out, now, FALLBACK="mara@acme.example").changes == ()


SEGMENTS = """# Whom we speak to.
segments:
  - slug: dach  # the neighbours
    name: D-A-CH
    if: {field: country, op: in, value: [DE, AT, CH]}
"""


def test_segments_go_out_and_in_with_their_comments_and_those_of_the_api_beside_them(
    database: Database, place: Path, now: datetime, tmp_path: Path
) -> None:
    (place / "segments.yaml").write_text(SEGMENTS)
    edit(place / "flows/considered.yaml", "activity: form\n", "segment: dach\n")
    edit(place / "flows/considered.yaml", "  where: {field: form, op: eq, value: guide}\n", "")
    applied(database, place, now)
    assert exported(database).files["segments.yaml"] == SEGMENTS
    condition = {"field": "points", "op": "gt", "value": 50}
    perform(database, lambda s: segments.name(s, "keen", "Keen", condition, now, by="mia"))
    files = exported(database)
    assert files.files["segments.yaml"].startswith(SEGMENTS)
    again = applied(database, written(tmp_path / "out", files), now)
    assert again.changes == ()


def test_a_flow_cannot_be_entered_by_a_segment_that_is_not_there(
    database: Database, place: Path, now: datetime
) -> None:
    (place / "segments.yaml").write_text(SEGMENTS)
    edit(place / "flows/considered.yaml", "activity: form\n", "segment: dahc\n")
    edit(place / "flows/considered.yaml", "  where: {field: form, op: eq, value: guide}\n", "")
    with pytest.raises(MistakesError) as caught:
        applied(database, place, now)
    (mistake,) = caught.value.mistakes
    assert (mistake.file, mistake.spot.line) == ("flows/considered.yaml", 4)
    assert "did you mean `dach`" in str(mistake)


DESTINATIONS = """# Whom we tell what became of their leads.
destinations:
  - slug: meta  # the dataset of EMEA
    kind: meta_conversions
    account: "${META_DATASET}"
    access_token: ${META_CAPI_TOKEN}
    consent: ads
    sources: [site]
    events:
      lead: Lead
      won: {name: Closed, value: 150, currency: EUR}
  - {slug: sales, kind: slack, url: "${SLACK_URL}", events: [handoff.offered, promise.missed]}
"""
TOLD = {
    "META_DATASET": "1122334455",
    "META_CAPI_TOKEN": "a-secret-token",
    "SLACK_URL": "https://192.0.9.9/services/T0/B0/secret",
}


def test_destinations_go_out_and_in_and_their_secrets_stay_sealed(
    database: Database, place: Path, now: datetime, tmp_path: Path
) -> None:
    (place / "destinations.yaml").write_text(DESTINATIONS)
    applied(database, place, now, **TOLD)
    assert exported(database).files["destinations.yaml"] == DESTINATIONS
    with reading(database) as session:
        rows = session.execute(select(ConfigurationRow.body)).scalars()
        kept_texts = session.execute(select(WrittenRow.text)).scalars()
        everything = str([*rows, *kept_texts])
        found = known.destinations(session, secret=SECRET)
        bare = export(stand(session), {})
    assert not any(each in everything for each in ("a-secret-token", "B0/secret"))
    assert found.broken == {}
    assert found.destinations["meta"].account == "1122334455"
    assert found.destinations["sales"].wants == {"handoff.offered", "promise.missed"}
    for files in (exported(database), bare):
        again = applied(database, written(tmp_path / "out", files), now, **TOLD)
        assert again.changes == ()


def test_what_waits_for_a_better_token_of_a_platform_is_told_as_soon_as_there_is_one(
    database: Database, place: Path, now: datetime
) -> None:
    (place / "destinations.yaml").write_text(DESTINATIONS)
    applied(database, place, now, **TOLD)
    later = now + timedelta(minutes=30)
    perform(database, lambda s: outbox.post(s, Topic.CONVERT, ["meta"], now, due_at=later))
    applied(database, place, now, **TOLD)
    waiting = select(MessageRow.due_at).where(MessageRow.topic == Topic.CONVERT)
    with reading(database) as session:
        assert session.execute(waiting).scalar_one() == later
    applied(database, place, now, **(TOLD | {"META_CAPI_TOKEN": "another"}))
    with reading(database) as session:
        assert session.execute(waiting).scalar_one() == now


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("kind: meta_conversions", "kind: meta_conversion", 4, "did you mean `meta_conversions`"),
        ("sources: [site]", "sources: [sit]", 8, "did you mean `site`"),
        ("won: {name", "wonn: {name", 11, "did you mean `won`"),
        ("consent: ads", "consents: ads", 7, "did you mean `consent`"),
        ("kind: slack", "kind: slack, consent: ads", 12, "means nothing for slack"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mistake_in_a_destination_is_told_at_its_line(
    *, before: str, after: str, line: int, said: str, database: Database, place: Path, now: datetime
) -> None:
    (place / "destinations.yaml").write_text(DESTINATIONS.replace(before, after, 1))
    with pytest.raises(MistakesError) as caught:
        applied(database, place, now, **TOLD)
    mistakes = {str(each): each.spot.line for each in caught.value.mistakes}
    assert [where for words, where in mistakes.items() if said in words] == [line], mistakes
