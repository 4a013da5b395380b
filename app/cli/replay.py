"""`warmline replay`: the leads of the past once more, by the rules of today or of a folder, without effect."""

import json
import os
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.apply import show_mistakes
from app.cli.frame import with_settings
from app.cli.opened import opened
from app.door import reading
from app.endings import FailedError
from app.settings import Settings
from app.what_if.leads import Replayed, Way, replay
from app.workspace.apply import work_out
from app.workspace.mistakes import MistakesError
from app.workspace.standing import stand
from app.workspace.wanted import Thing
from routing import current as routing
from routing.rules import RoutingRules

USUAL = timedelta(days=90)
DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])


@click.group("replay", no_args_is_help=False)
def command() -> None:
    """Try rules on what happened; nothing is written or offered."""


@command.command("routing")
@click.option("--from", "since", type=DAY, metavar="DAY", help="Default: 90 days ago.")
@click.option("--until", type=DAY, metavar="DAY", help="Up to before this day. Default: now.")
@click.option(
    "--workspace",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="DIR",
    help="Take the rules from these files, as `apply` would.",
)
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def routing_command(
    settings: Settings,
    *,
    since: datetime | None,
    until: datetime | None,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Put each past decision to the routing rules once more, and say what would differ.

    Whose turn it was in a team is luck, and counts as no difference.
    """
    with opened(settings) as database, reading(database) as session:
        now = database.clock.now()
        first = since.replace(tzinfo=UTC) if since else now - USUAL
        last = until.replace(tzinfo=UTC) if until else now
        rules = _rules(session, workspace, settings)
        found = list(replay(session, rules, first, last))
    _show(found, as_json=as_json)


def _rules(session: Session, folder: Path | None, settings: Settings) -> RoutingRules:
    if folder is None:
        return routing.current(session)
    try:
        changes = work_out(
            folder,
            os.environ,
            stand(session),
            secret=settings.secret_key,
            egress=settings.egress_allow,
        )
    except MistakesError as error:
        show_mistakes(error.mistakes, "replayed", as_json=False)
        raise FailedError("these files cannot be applied, so they cannot be tried") from None
    bodies = [each.body for each in changes.changes if each.kind is Thing.ROUTING]
    return RoutingRules.model_validate(bodies[0]) if bodies else routing.current(session)


def _show(found: list[Replayed], *, as_json: bool) -> None:
    differ = [each for each in found if each.differs]
    got = {
        "was": Counter(each.was.who for each in found),
        "would_be": Counter(each.would_be.who for each in found),
    }
    if as_json:
        leads = {name: {who or "nobody": n for who, n in of.items()} for name, of in got.items()}
        changed = [_document(each) for each in differ]
        print(json.dumps({"decisions": len(found), "differ": changed, "leads": leads}))
        return
    for each in differ:
        print(
            f"{each.at:%Y-%m-%d %H:%M}  {each.prospect}  {_words(each.was)}  →  {_words(each.would_be)}"
        )
    for who in sorted({*got["was"], *got["would_be"]}, key=str):
        print(f"{who or 'nobody'}: {got['was'][who]} leads, would be {got['would_be'][who]}")
    print(f"replayed: {len(found)} decisions, {len(differ)} would differ; nothing was done")


def _document(replayed: Replayed) -> dict[str, Any]:
    return {
        "decision": str(replayed.id),
        "prospect": str(replayed.prospect),
        "at": replayed.at.isoformat().replace("+00:00", "Z"),
        "was": asdict(replayed.was),
        "would_be": asdict(replayed.would_be),
    }


def _words(way: Way) -> str:
    if way.fallback:
        return f"fallback {way.who or 'nobody'} ({way.rule or 'no rule'})"
    return f"{way.rule}: {way.team or way.who}, lane {way.lane}"
