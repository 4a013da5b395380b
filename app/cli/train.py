"""`warmline train --from FILE.csv --label COL`: a model from a table with known outcomes, such as a CRM's export."""

import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from app import clock
from app.cli.frame import with_settings
from app.cli.opened import opened
from app.cli.several import Several
from app.door import perform
from app.endings import FailedError, RefusedError
from app.settings import Settings
from prospects.durations import DurationError, parse_duration

if TYPE_CHECKING:
    from app.labelled.asked import Asked
    from app.labelled.told import Report

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Duration(click.ParamType[timedelta]):
    """A duration as all files write it: `36h`, `7d`."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        try:
            return value if isinstance(value, timedelta) else parse_duration(value)
        except DurationError as error:
            self.fail(str(error), param, ctx)


@click.command("train", cls=Several)
@click.option("--from", "path", type=FILE, metavar="FILE.csv", help="The table to learn from.")
@click.option("--label", metavar="COL", help="The column with the outcome.")
@click.option(
    "--positive", metavar="VALUE", help="What in it is a win; '*' is whatever is filled in."
)
@click.option("--undecided", multiple=True, metavar="VALUE", help="What in it is not known yet.")
@click.option("--time", metavar="COL", help="When each row came; else the file's order is taken.")
@click.option("--id", metavar="COL", help="Whose row it is; rows of one id stay together.")
@click.option("--drop", multiple=True, metavar="COL", help="Learn nothing from this column.")
@click.option("--keep", multiple=True, metavar="COL", help="Learn from it though it is suspected.")
@click.option("--allow", multiple=True, metavar="COL", help="Learn from a protected column.")
@click.option("--because", metavar="WHY", help="Why that is allowed; it stands in the card.")
@click.option("--at", metavar="COL", help="As of when each row is seen, if not at its time.")
@click.option(
    "--after", type=_Duration(), metavar="7d", help="See each row so long after its time."
)
@click.option(
    "--outcome-at", metavar="COL", help="When its outcome was known: not before it is seen."
)
@click.option("--events", type=FILE, metavar="FILE.csv", help="What they did: id, time, kind.")
@click.option("--events-id", metavar="COL", help="Whose event it is, if not guessed.")
@click.option("--events-time", metavar="COL", help="When it happened, if not guessed.")
@click.option("--events-kind", metavar="COL", help="What happened, if not guessed.")
@click.option("--points", type=FILE, metavar="RULES.yaml", help="Your fit rules, by column.")
@click.option("--encoding", metavar="NAME", help="Where it is neither UTF-8 nor UTF-16.")
@click.option("--save", is_flag=True, help="Keep the card, to be tried and approved.")
@click.option(
    "--known-before",
    multiple=True,
    metavar="COL",
    help="It was known before leads are handed over.",
)
@click.option("--not-known-before", multiple=True, metavar="COL", help="It was not: leave it out.")
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def command(
    settings: Settings,
    *,
    points: Path | None,
    save: bool,
    known_before: tuple[str, ...],
    not_known_before: tuple[str, ...],
    as_json: bool,
    **said: Any,
) -> None:
    """Train a model on the record, or on a table whose outcomes are known, and say what it is worth.

    Without --from it learns from what reps found, as Warmline does by itself every week; a column
    that gives the outcome away holds that, with exit 3, until somebody says that it was known before.

    Columns that look as if they were filled after the fact are named and left out, unless --keep.
    Of a file nothing is kept: --save keeps the card, and a person approves it.
    """
    # The numeric libraries would wait for one another on every core; one trains as fast alone.
    os.environ["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS") or "1"
    if points is None and not save and not any(said.values()):
        from app.cli.train_record import train

        judged = dict.fromkeys(known_before, True) | dict.fromkeys(not_known_before, False)
        train(settings, judged, as_json=as_json)
        return
    if known_before or not_known_before:
        raise click.UsageError(
            "--known-before and --not-known-before are of the record, not a file"
        )
    _on_file(settings, points, save=save, as_json=as_json, **said)


def _on_file(
    settings: Settings, points: Path | None, *, save: bool, as_json: bool, **said: Any
) -> None:
    asked = _asked(**said)
    from app.labelled.asked import WrongAskError

    try:
        report = _report(asked, points, to_keep=save)
    except WrongAskError as error:
        raise click.UsageError(str(error)) from None
    refusal = _keep(settings, report) if save else None
    kept = report.trained.card.id if save and refusal is None and report.trained.card else None
    _show(replace(report, kept_as=kept), as_json=as_json)
    if refusal is not None:
        raise RefusedError(refusal)


def _asked(*, allow: tuple[str, ...], because: str | None, **said: Any) -> "Asked":
    path, label = said.pop("path"), said.pop("label")
    if path is None or label is None:
        raise click.UsageError(
            "say which file by --from FILE.csv, and its column of outcomes by --label COL"
        )
    if bool(allow) != bool(because and because.strip()):
        raise click.UsageError(
            "--allow COL needs --because 'WHY', and --because an --allow: both stand in the card"
        )
    events, by = (
        said.pop("events"),
        {each: said.pop(f"events_{each}") for each in ("id", "time", "kind")},
    )
    if events is None and any(by.values()):
        raise click.UsageError(
            "--events-id, --events-time and --events-kind need --events FILE.csv"
        )
    if said["after"] is not None and said["time"] is None:
        raise click.UsageError("--after needs --time COL: it is counted from there")
    from app.labelled.asked import Asked, EventsAsked

    return Asked(
        path=path,
        label=label,
        allow=dict.fromkeys(allow, because or ""),
        events=None if events is None else EventsAsked(path=events, **by),
        **said,
    )


def _report(asked: "Asked", points: Path | None, *, to_keep: bool) -> "Report":
    """Read, train and measure; scikit-learn is loaded here, and nowhere else in this process."""
    from app.labelled.labelled import labelled, only_what_people_have
    from app.labelled.serving import microseconds
    from app.labelled.told import Report
    from scoring.card.card import Label
    from scoring.features.registry import VERSION
    from scoring.training.train import TooLittleError, train
    from scoring.training.trained import Plan

    read = labelled(asked, points, _said)
    read = only_what_people_have(read) if to_keep else read
    _said(f"trying the models on {len(read.table):,} rows")
    plan = Plan(
        label=Label(name=asked.label, positive=read.positive),
        feature_version=VERSION,
        trained_at=clock.now(),
        since=_instant(read.since),
        until=_instant(read.until),
        left_out={**read.left_out, **{each.name: each.why for each in read.suspects}},
        allowed=asked.allow,
        slices=read.slices,
    )
    began = perf_counter()
    try:
        trained = train(read.table, plan)
    except TooLittleError as error:
        raise FailedError(f"{asked.path}: {error}") from None
    fit_seconds = perf_counter() - began
    _said("")
    served = None if trained.card is None else microseconds(trained.card, read.table)
    return Report(read=read, trained=trained, fit_seconds=fit_seconds, serve_us_per_row=served)


def _keep(settings: Settings, report: "Report") -> str | None:
    """Keep the card; why it was not kept, where there is none to keep."""
    card = report.trained.card
    if card is None or not report.trained.signal:
        return "nothing was kept: what was learned is no better than the points, and they stay"
    from app.labelled.told import document
    from scoring.models import ITSELF, Origin, keep

    said = {
        name: each for name, each in document(report).items() if name not in ("card", "kept_as")
    }
    with opened(settings) as database:
        now = database.clock.now()
        perform(database, lambda to: keep(to, card, said, now, origin=Origin.FILE, by=ITSELF))
    return None


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _said(words: str) -> None:
    """How far it is, on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)


def _show(report: "Report", *, as_json: bool) -> None:
    from app.labelled.told import document, lines

    if as_json:
        print(json.dumps(document(report), ensure_ascii=False, default=str, allow_nan=False))
        return
    print("\n".join(lines(report)))
