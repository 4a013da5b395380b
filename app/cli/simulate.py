"""`warmline simulate`: a flow, or the routing rules, tried on somebody now and without any effect."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.frame import with_settings
from app.cli.opened import opened
from app.door import reading
from app.endings import FailedError
from app.settings import Settings
from app.what_if import told, whom
from app.what_if.leads import preview
from app.workspace import in_browser
from app.workspace.mistakes import MistakesError
from app.workspace.standing import stand
from nurture.advance import enter
from nurture.flow import Flow
from nurture.flows import FLOW
from nurture.rehearsal import rehearse
from nurture.wiring import read_flow
from prospects import configuration
from prospects.faults import nearest
from prospects.rows import ProspectRow
from prospects.snapshots import snapshots, stage_order
from prospects.values import Snapshot
from routing import current as routing
from routing.choose import Candidate
from scoring import current as scoring
from scoring.assess import assess


@click.group("simulate", no_args_is_help=False)
def command() -> None:
    """Try a flow or the routing rules on somebody; nothing is sent, written or offered."""


@command.command("flow")
@click.argument("flow", metavar="SLUG|FILE")
@click.option("--person", metavar="EMAIL|ID", help="Somebody we know; else one is made up.")
@click.option(
    "--days",
    default=30,
    show_default=True,
    type=click.IntRange(1, 730),
    help="How far to look ahead.",
)
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def flow_command(
    settings: Settings, *, flow: str, person: str | None, days: int, as_json: bool
) -> None:
    """Say what a flow would do with somebody who enters it now, if nothing happened but time.

    FLOW is a flow of the workspace, or a YAML file that is none yet.
    """
    with opened(settings) as database, reading(database) as session:
        now = database.clock.now()
        found = the_flow(session, flow)
        seen = the_person(session, person, now) if person else _somebody(session, found, now)
        known = whom.as_known(seen, scoring.current(session))
        place = enter(known(now), found, now)
        scenes = rehearse(known, found, place, at=now, until=now + timedelta(days=days))
        lines = [line for scene in scenes for line in told.lines(scene)]
    if as_json:
        print(json.dumps({"flow": found.flow, "lines": lines}, ensure_ascii=False))
        return
    for line in lines:
        print(f"{line['at'][:16].replace('T', ' ')}  {line['step']:<16} {line['words']}")
    mails = sum(line["what"] == "mails" for line in lines)
    print(f"simulated: {days} days, {mails} mails at most; nothing was done")


@command.command("routing")
@click.argument("person", metavar="EMAIL|ID")
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def routing_command(settings: Settings, *, person: str, as_json: bool) -> None:
    """Say who would be offered this person now, and why not each other colleague."""
    with opened(settings) as database, reading(database) as session:
        now = database.clock.now()
        seen = the_person(session, person, now)
        seen = seen.assessed(assess(seen, scoring.current(session), now))
        decision = preview(session, seen, routing.current(session), now)
    weighed = [_weighed(each, decision.chosen is each.member) for each in decision.candidates]
    chosen = decision.chosen.email if decision.chosen else None
    if as_json:
        document = {"rule": decision.rule, "lane": decision.lane, "team": decision.team}
        print(
            json.dumps({**document, "chosen": chosen, "why": decision.why, "candidates": weighed})
        )
        return
    for each in weighed:
        print(f"{each['email']}: {each['why']}")
    print(f"would go to {chosen or 'nobody'}, lane {decision.lane}: {decision.why}")


def the_flow(session: Session, named: str) -> Flow:
    """The flow of this name in the workspace, or in the file. Raises FailedError."""
    documents = configuration.read(session, FLOW)
    if named in documents:
        return read_flow(documents[named].body)
    path = Path(named)
    if not path.is_file():
        mend = nearest(named, documents) or "give a flow's name or a YAML file"
        raise FailedError(f"there is no flow `{named}`; {mend}")
    try:
        text = path.read_text(encoding="utf-8")
        return read_flow(in_browser.read(text, stand(session)).body)
    except MistakesError as error:
        raise FailedError("\n".join(f"{path}{each}" for each in error.mistakes)) from None
    except (OSError, UnicodeError) as error:
        raise FailedError(f"{path} cannot be read: {error}") from None


def the_person(session: Session, written: str, now: datetime) -> Snapshot:
    """What is known of the person of this id or address. Raises FailedError."""
    return snapshots(session, [the_row(session, written)], now)[0]


def the_row(session: Session, written: str) -> ProspectRow:
    """The person of this id or address. Raises FailedError."""
    row = whom.find(session, written)
    if row is None:
        raise FailedError(f"there is nobody with the id or address `{written[:100]}`")
    return row


def _somebody(session: Session, flow: Flow, now: datetime) -> Snapshot:
    return whom.made_up(flow, configuration.parsed(session, "stages", stage_order), now)


def _weighed(candidate: Candidate, chosen: bool) -> dict[str, Any]:
    why = "would get it" if chosen else candidate.reason or "free, but it is not their turn"
    return {"email": candidate.member.email, "eligible": candidate.reason is None, "why": why}
