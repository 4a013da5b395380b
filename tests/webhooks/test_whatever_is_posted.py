"""Whatever a sender of any kind posts, it is answered as promised, kept, and read or explained."""

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.support.keeping import judged, keep, read
from tests.support.senders import SENDERS, Sent, sent
from tests.support.stores import SqliteStores
from tests.webhooks.bending import bent, noise
from tests.webhooks.support import SECRET_KEY, payload
from tests.webhooks.world import NOW, World
from webhooks.adapter import Refused
from webhooks.sources import SourceKind

MANY, VERY_MANY = 200, 10_000
BY_WIRE = 10
"""So many of them go through the whole web part; the others through all that it calls."""
SIGNED = {
    "meta_lead_ads", "linkedin_lead_gen", "typeform", "calendly", "hubspot", "webflow", "resend",
    "sendgrid", "segment", "gravity_forms", "generic_json", "cloudevents",
}  # fmt: skip
"""Whose proof stands beside the body: whatever they post is theirs, and kept."""


@pytest.fixture(scope="module")
def world(sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    opened = World(sqlite_stores.fresh(), tmp_path_factory.mktemp("world"))
    yield opened
    opened.close()


def shaped(kind: SourceKind, random: Random) -> bytes:
    """A body as this kind sends it, out of shape."""
    body = payload(random.choice(SENDERS[kind].samples))
    if SENDERS[kind].form or random.random() < 0.25:
        return noise(body, random)
    document = json.loads(body)
    if kind is SourceKind.SES and random.random() < 0.7:
        inner = bent(json.loads(document["Message"]), random).decode()
        return json.dumps({**document, "Message": inner}).encode()
    return bent(document, random)


def posted(world: World, kind: SourceKind, count: int) -> None:
    random = Random(kind)
    every = [sent(kind, shaped(kind, random), NOW) for _ in range(count)]
    intake = world.app.extensions["intake"]
    verdicts = [(each, judged(intake, each, NOW)) for each in every]
    refused = [found for _, found in verdicts if isinstance(found, Refused)]
    assert all(each.status in {400, 401} and each.reason for each in refused)
    assert kind not in SIGNED or not refused
    taken = [each for each, found in verdicts if not isinstance(found, Refused)]
    for each in every[:BY_WIRE]:
        answered(world, each, taken=each in taken)
    kept = keep(world.database, intake, taken, NOW, secret=SECRET_KEY)
    read(world.database, [each.id for each in kept], NOW, secret=SECRET_KEY)
    explained(world, kind, {each.id for each in kept})


def answered(world: World, each: Sent, *, taken: bool) -> None:
    answer = world.deliver(each.path, each.body, each.headers)
    assert answer.status_code in ({200} if taken else {400, 401})
    assert answer.get_json()["delivery" if taken else "error"]


def explained(world: World, kind: SourceKind, ids: set[object]) -> None:
    """Each is kept, with its bytes; what came to nothing has its reason, and none is a fault of ours."""
    ours = [each for each in world.deliveries() if each.source == kind]
    assert ids <= {each.id for each in ours}
    for each in ours:
        assert each.body is not None
        assert each.state in {"ingested", "unreadable", "test"}
        assert each.reason or each.state != "unreadable"
        assert "our reader failed" not in (each.reason or "")
    captures = [each for each in world.captures() if each.source == kind]
    for each in captures:
        assert each.reason or each.state not in {"dead", "quarantined", "withdrawn"}
        assert "could not be recorded" not in (each.reason or "")
    assert Counter(each.state for each in captures)


@pytest.mark.parametrize("kind", SENDERS)
def test_two_hundred_bodies_out_of_shape_are_kept_and_read_or_explained(
    world: World, kind: SourceKind
) -> None:
    posted(world, kind, MANY)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", SENDERS)
def test_ten_thousand_bodies_out_of_shape_are_kept_and_read_or_explained(
    world: World, kind: SourceKind
) -> None:
    posted(world, kind, VERY_MANY)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", SENDERS)
def test_no_body_that_leads_somewhere_new_breaks_a_reader(kind: SourceKind) -> None:
    """Guided by which lines are reached; atheris is no dependency, as it has no wheel for every Python."""
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed")
    command = [sys.executable, "-m", "tests.support.guided", kind, str(VERY_MANY)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
