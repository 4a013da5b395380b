"""Fills an empty database with the demo: configuration, story, colleagues who can sign in."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock
from app.auth import links
from app.database import Database
from app.demo import crowd, office_life
from app.demo.acting import Hands
from app.demo.cast import cast
from app.demo.director import Director, in_a_hurry
from app.demo.heroes import Heroes
from app.demo.office import Office
from app.demo.platforms import Platforms
from app.demo.story import BEGINNING, PRESENT, Story
from app.demo_state.rows import DemoRow
from app.demo_state.sign_ins import PASSWORD, SIGN_INS
from app.demo_state.watch import DemoWatch, gentle
from app.door import perform
from app.settings import Settings
from app.web import create_app
from app.workspace.apply import apply
from nurture import switches
from prospects.member import Role

WORKSPACE = Path(__file__).parents[2] / "templates" / "demo"
PEOPLE = 106
SCENES = 100


class Backstage(DemoWatch):
    """What the site stands on while the story is told: the director's clock, and no curtain."""

    def look_soon(self) -> None:
        return None


def backstage(database: Database, settings: Settings) -> Flask:
    """The real site, in the process that fills, by the clock of the story."""
    site = create_app(gentle(settings), database=database)
    site.extensions["demo_watch"] = Backstage(database, settings)
    return site


def door_of(site: Flask) -> Callable[..., int]:
    """The webhooks of a site in this process."""
    client = site.test_client()
    return lambda path, body, headers: (
        client.post(f"/webhooks/{path}", data=body, headers=headers).status_code
    )


def fill(
    database: Database,
    settings: Settings,
    outside: Platforms,
    site: Flask,
    *,
    seed: int,
    people: int = PEOPLE,
) -> None:
    """Tell the whole story, from a database with nothing but its demo's row to a Tuesday morning.

    `site` is `backstage`; `outside` posts to it. How far it is stands in the row all the while.
    """
    director = Director(database, gentle(settings), BEGINNING)
    with in_a_hurry(database), untold():
        _furnish(director, outside, settings)
        office = Office(director, site)
        story = Story(director, office, outside, seed=seed)
        hands = Hands(story, office, site)
        story.on_offers = crowd.Habits(story, Heroes(story, hands).enter()).look
        crowd.enter(story, cast(seed, people), hands.click)
        office_life.enter(story, hands)
        for share in story.play():
            _tell(database, share)
        office.leave()
        site.extensions["intake"].flush()
        perform(database, _finish)


@contextmanager
def untold() -> Iterator[None]:
    """What the story has given up stands on the page of operations; on the terminal it would be no story."""
    told = logging.getLogger("prospects.outbox")
    before = told.level
    told.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        told.setLevel(before)


def _tell(database: Database, share: float) -> None:
    scene = int(share * SCENES)
    told = update(DemoRow).where(DemoRow.scene < scene).values(scene=scene, scenes=SCENES)
    perform(database, lambda session: session.execute(told))


def _finish(session: Session) -> None:
    ahead = (PRESENT - clock.now()).total_seconds()
    done = update(DemoRow).values(ahead=ahead, filled_at=PRESENT, scene=SCENES, scenes=SCENES)
    session.execute(done)


def _furnish(director: Director, outside: Platforms, settings: Settings) -> None:
    """The workspace, mail let go, and a password for one colleague of each role."""
    secret, now = settings.secret_key, director.at
    egress = gentle(settings).egress_allow
    apply(director.database, WORKSPACE, outside.variables, now, secret=secret, egress=egress)
    director.do(lambda session: switches.go_live(session, now, by="sam@isotherm.example"))
    for role, email in SIGN_INS.items():
        _let_in(director, email, role)


def _let_in(director: Director, email: str, role: Role) -> None:
    by, now = "sam@isotherm.example", director.at
    token = director.do(lambda to: links.invite(to, email=email, role=role, by=by, now=now))
    name = director.do(lambda to: links.look(to, token, now).member)
    assert name is not None
    director.do(
        lambda to: links.use(to, token, name=name.name, email=email, password=PASSWORD, now=now)
    )
