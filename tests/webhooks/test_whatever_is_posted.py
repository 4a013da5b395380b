"""Whatever a sender of any kind posts, it is answered as promised, kept, and read or explained."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import select

from app.door import reading
from tests.support.keeping import judged, keep, read
from tests.support.senders import SENDERS, Sent, sent
from tests.support.stores import SqliteStores
from tests.webhooks.readers import shaped
from tests.webhooks.support import SECRET_KEY
from tests.webhooks.world import NOW, World
from webhooks.adapter import Refused
from webhooks.rows import CaptureRow, DeliveryRow
from webhooks.sources import SourceKind

Row = TypeVar("Row", DeliveryRow, CaptureRow)
MANY, VERY_MANY = 200, 10_000
BY_WIRE = 10
"""So many of them go through the whole web part; the others through all that it calls."""
SIGNED = {
    "meta_lead_ads", "linkedin_lead_gen", "typeform", "calendly", "hubspot", "webflow", "resend", "resend_inbound",
    "sendgrid", "segment", "gravity_forms", "generic_json", "cloudevents",
}  # fmt: skip
"""Whose proof stands beside the body: whatever they post is theirs, and kept."""


@pytest.fixture(scope="module")
def world(sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    opened = World(sqlite_stores.fresh(), tmp_path_factory.mktemp("world"))
    yield opened
    opened.close()


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
    ours = of_kind(world, kind, DeliveryRow)
    assert ids <= {each.id for each in ours}
    for each in ours:
        assert each.body is not None
        assert each.state in {"ingested", "unreadable", "test"}
        assert each.reason or each.state != "unreadable"
        assert "our reader failed" not in (each.reason or "")
    captures = of_kind(world, kind, CaptureRow)
    for part in captures:
        assert part.reason or part.state not in {"dead", "quarantined", "withdrawn"}
        assert "could not be recorded" not in (part.reason or "")
    assert Counter(part.state for part in captures)


def of_kind(world: World, kind: SourceKind, row: type[Row]) -> list[Row]:
    with reading(world.database) as session:
        return list(session.execute(select(row).where(row.source == kind)).scalars())


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


@pytest.fixture(scope="module")
def atheris(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder that has atheris, got as a wheel: it is no dependency, as not every Python has one."""
    folder = str(tmp_path_factory.mktemp("atheris"))
    if importlib.util.find_spec("atheris"):
        return folder
    get = ["--quiet", "--only-binary", ":all:", "--target", folder, "atheris>=3,<4"]
    uv = shutil.which("uv")
    pip = [uv, "pip", "install", "--python", sys.executable] if uv else None
    command = pip or [sys.executable, "-m", "pip", "install"]
    done = subprocess.run([*command, *get], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"there is no wheel of atheris to be had: {done.stderr[-200:]}")
    return folder


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", SENDERS)
def test_nothing_that_leads_somewhere_new_breaks_a_reader(kind: SourceKind, atheris: str) -> None:
    """Guided by which lines are reached."""
    command = [sys.executable, "-m", "tests.support.guided", kind, str(VERY_MANY)]
    root = Path(__file__).parents[2]
    env = os.environ | {"PYTHONPATH": atheris}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
