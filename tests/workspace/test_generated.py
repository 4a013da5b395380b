"""Whatever workspace can be applied, its export makes it again."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.workspace.apply import work_out
from app.workspace.changes import ChangeSet
from app.workspace.export import export
from app.workspace.kept import Text
from app.workspace.standing import Standing
from app.workspace.wanted import Thing
from prospects.configuration import Document
from prospects.ids import MemberId
from prospects.member import Member, Role

SECRET = "k" * 40
ENVIRON = {"ONE": "the-first-secret", "TWO": "another: 'secret'"}
AT = datetime(2026, 3, 3, tzinfo=UTC)
SLUG = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
TITLE = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"], exclude_characters="$\\"),
    min_size=1,
    max_size=20,
).filter(lambda text: text.strip() == text)
TOKEN = st.sampled_from(["${ONE}", "${TWO}", "Bearer ${ONE}"])


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


PERSON = some(
    name=TITLE,
    roles=st.lists(st.sampled_from([role.value for role in Role]), min_size=1, max_size=3),
    zone=st.sampled_from(["UTC", "Europe/Berlin"]),
    hours=st.just({"mon-fri": ["09:00-17:00"]}),
    weight=st.sampled_from([1, 2.5]),
    capacity=some(open=st.integers(0, 9), per_day=st.none()),
    skills=some(language=st.sampled_from(["de", ["de", "no"]])),
    absences=st.just([{"from": "2026-12-24", "until": "2027-01-02", "reason": "leave"}]),
    active=st.booleans(),
)
SOURCE = some(campaign=TITLE | TOKEN, active=st.booleans(), map=st.just({"1": "email"}))
FLOW = st.lists(st.sampled_from(["1d", "36h", "2w"]), min_size=1, max_size=4)
EMAILS = SLUG.map(lambda name: f"{name}@Acme.example")


def folder(draw: st.DataObject) -> Mapping[str, str]:
    people = draw.draw(st.dictionaries(EMAILS, PERSON, max_size=4))
    sources = draw.draw(st.dictionaries(SLUG, SOURCE, max_size=3))
    flows = draw.draw(st.dictionaries(SLUG, FLOW, max_size=3))
    proof = {"kind": "generic_json", "auth": {"header": "X-T", "value": draw.draw(TOKEN)}}
    files = {
        f"flows/{slug}.yaml": {
            "flow": slug,
            "enter": {"activity": "form", "where": {"field": "form", "op": "eq", "value": slug}},
            "steps": [{"id": f"s{n}", "wait": wait} for n, wait in enumerate(waits)],
        }
        for slug, waits in flows.items()
    }
    files["team.yaml"] = {"people": [{"email": key, **each} for key, each in people.items()]}
    files["sources.yaml"] = {
        "sources": [{"slug": key, **proof, **each} for key, each in sources.items()]
    }
    # A brace may begin a tag of the template language, which must then be well formed.
    subject = draw.draw(TITLE.filter(lambda text: "{" not in text))
    mail = f"---\nsubject: {_json(subject)}\n---\n<p>\n"
    return {**{name: _json(body) for name, body in files.items()}, "mails/m.html": mail}


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)


def planned(files: Mapping[str, str], standing: Standing) -> ChangeSet:
    with TemporaryDirectory() as name:
        for file, text in files.items():
            (Path(name) / file).parent.mkdir(exist_ok=True)
            (Path(name) / file).write_text(text, encoding="utf-8", newline="")
        return work_out(Path(name), ENVIRON, standing, secret=SECRET)


def stood(done: ChangeSet) -> Standing:
    """What stands after this was applied to an empty workspace."""
    documents: dict[tuple[Thing, str], Document] = {
        (each.kind, each.slug): Document(each.kind, each.slug, 1, each.body, "files", AT)
        for each in done.changes
        if each.kind is not Thing.PERSON
    }
    people = {each.slug: _member(each.body) for each in done.changes if each.kind is Thing.PERSON}
    return Standing(1, documents, people)


def _member(body: Mapping[str, Any]) -> Member:
    roles = frozenset(Role(role) for role in body.get("roles", []))
    return Member(
        **{
            "id": MemberId(UUID(int=1)),
            "name": body["email"],
            **body,
            "roles": roles,
            "absences": tuple(body.get("absences", ())),
        }
    )


def _kept(done: ChangeSet) -> dict[tuple[str, str], Text]:
    return {(each.kind, each.slug): each for each in done.texts}


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_the_export_of_any_workspace_makes_it_again(draw: st.DataObject) -> None:
    files = folder(draw)
    done = planned(files, Standing())
    standing = stood(done)

    for kept in (_kept(done), {}):
        again = export(standing, kept).files
        assert planned(again, standing).changes == ()
        assert stood(planned(again, Standing())).people == standing.people


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_an_export_over_older_texts_says_what_stands_now(draw: st.DataObject) -> None:
    older, newer = planned(folder(draw), Standing()), planned(folder(draw), Standing())
    standing = stood(newer)

    again = export(standing, _kept(older)).files

    assert planned(again, standing).changes == ()
