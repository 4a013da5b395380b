"""Every slip of the pen is named at its line and column, and nothing is applied."""

import shutil
from pathlib import Path

import pytest

from app.workspace.apply import work_out
from app.workspace.mistakes import Mistake, MistakesError, Spot
from app.workspace.nodes import spot_at
from app.workspace.standing import Standing
from prospects.faults import Fault
from tests.workspace.mutations import ALL, Mutation

STARTER = Path(__file__).parents[2] / "templates" / "starter"
ENVIRON = {"API_KEY": "a-token-of-the-site", "EMPTY": "", "WARMLINE_SECRET_KEY": "k" * 40}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of the starter workspace."""
    shutil.copytree(STARTER, tmp_path / "workspace")
    return tmp_path / "workspace"


def mistakes_in(place: Path) -> tuple[Mistake, ...]:
    with pytest.raises(MistakesError) as caught:
        work_out(place, ENVIRON, Standing(), secret="k" * 40)
    return caught.value.mistakes


@pytest.mark.parametrize("mutation", ALL, ids=lambda each: f"{each[0]}: {each[2][:40]}")
def test_a_mistake_is_named_at_its_line(place: Path, mutation: Mutation) -> None:
    file, before, after, said = mutation
    text = (place / file).read_text()
    assert before in text, "the row no longer fits the starter workspace"
    mutated = text.replace(before, after, 1)
    expected = spot_at(mutated, mutated.index("@@")) if "@@" in after else None
    (place / file).write_text(mutated.replace("@@", "", 1), encoding="utf-8")

    found = [mistake for mistake in mistakes_in(place) if mistake.file == file]

    if file.startswith("mails/") and expected:
        assert expected.line in {mistake.spot.line for mistake in found}, found
    elif expected:
        assert expected in {mistake.spot for mistake in found}, found
    assert any(said in str(mistake) for mistake in found), found


def test_all_mistakes_of_all_files_are_told_at_once(place: Path) -> None:
    for file, before, after in (
        ("team.yaml", "zone: Europe/Lisbon", "zone: Lisbon"),
        ("scoring.yaml", "half_life: 14d", "half_life: long"),
        ("scoring.yaml", "points: 12", "points: -1"),
        ("flows/considered.yaml", "template: hello", "template: gone"),
        ("mails/nudge.html", "<p>most", "{{ nobody }}"),
    ):
        path = place / file
        path.write_text(path.read_text().replace(before, after, 1))

    files = [mistake.file for mistake in mistakes_in(place)]

    assert files == [
        "flows/considered.yaml",
        "mails/nudge.html",
        "scoring.yaml",
        "scoring.yaml",
        "team.yaml",
    ]


def test_a_broken_file_does_not_make_others_look_wrong(place: Path) -> None:
    for file in ("team.yaml", "stages.yaml", "routing.yaml", "mails/hello.html"):
        (place / file).write_text("[")

    assert {mistake.file for mistake in mistakes_in(place)} == {
        "team.yaml",
        "stages.yaml",
        "routing.yaml",
        "mails/hello.html",
    }


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("teams.yaml", "did you mean `team.yaml`?"),
        ("team.yml", "did you mean `team.yaml`?"),
        ("flow", "did you mean `flows`?"),
        ("flows/other.yml", "name it other.yaml"),
        ("mails/other.htm", "name it other.html or other.txt"),
        ("mails/alone.txt", "write `mails/alone.html`, with a front block"),
        ("notes.docx", "one of `destinations.yaml`, `flows`"),
    ],
)
def test_a_file_that_is_none_of_ours_is_named(place: Path, name: str, mend: str) -> None:
    (place / name).write_text("x")

    (mistake,) = mistakes_in(place)

    assert mistake.file == name
    assert mend in mistake.fault.mend


def test_hidden_files_and_read_me_files_are_left_alone(place: Path) -> None:
    for name in (".gitignore", "README.md", "LICENSE", "flows/.keep"):
        (place / name).write_text("x")

    assert work_out(place, ENVIRON, Standing(), secret="k" * 40).changes


def test_nothing_outside_the_folder_is_read(place: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("people: []")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.yaml").write_text("flow: x")
    (place / "team.yaml").unlink()
    (place / "team.yaml").symlink_to(tmp_path / "secret.yaml")
    shutil.rmtree(place / "flows")
    (place / "flows").symlink_to(tmp_path / "elsewhere")

    said = {mistake.file: mistake.fault.reason for mistake in mistakes_in(place)}

    assert said["team.yaml"] == "this leads out of the folder"
    assert said["flows/x.yaml"] == "this leads out of the folder"


def test_a_link_within_the_folder_is_followed(place: Path) -> None:
    # Kubernetes mounts a folder of files like this.
    (place / "team.yaml").rename(place / ".team-2026")
    (place / "team.yaml").symlink_to(place / ".team-2026")

    assert work_out(place, ENVIRON, Standing(), secret="k" * 40).changes


def test_files_that_are_too_large_or_no_text_are_refused(place: Path) -> None:
    (place / "team.yaml").write_bytes(b"people:\n  - \xff\xfe")
    (place / "stages.yaml").write_text("#" * (2 << 20))

    said = {str(mistake) for mistake in mistakes_in(place)}

    assert "team.yaml:2:5 this is not UTF-8; save the file as UTF-8" in said
    assert any(each.startswith("stages.yaml:1:1 this is too large") for each in said)


def test_a_secret_is_never_repeated_in_a_mistake(place: Path) -> None:
    path = place / "sources.yaml"
    path.write_text(path.read_text().replace("header: X-Token", "header: X Token"))

    assert "a-token-of-the-site" not in "\n".join(str(each) for each in mistakes_in(place))


def test_a_mistake_reads_as_one_line_an_editor_can_jump_to() -> None:
    mistake = Mistake("team.yaml", Spot(14, 13), Fault("people.1.weight", "no", "write 1"))

    assert str(mistake) == "team.yaml:14:13 people.1.weight: no; write 1"


@pytest.mark.parametrize("host", ["169.254.169.254", "10.0.0.7", "[::ffff:10.0.0.7]", "0x0a000007"])
def test_a_source_is_not_fetched_from_an_inside_address(place: Path, host: str) -> None:
    (place / "sources.yaml").write_text(
        "sources:\n"
        "  - slug: li\n"
        "    kind: linkedin_lead_gen\n"
        "    secrets: [a-secret]\n"
        "    access_token: a-token\n"
        f'    api_base_url: "http://{host}/"\n'
    )
    (mistake,) = mistakes_in(place)
    assert mistake.spot.line == 6
    assert "is inside" in str(mistake)
