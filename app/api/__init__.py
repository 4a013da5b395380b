"""The API under /api/v1: JSON for programs that come with a token."""

from collections.abc import Iterator

from flask import Blueprint, Flask

from app.auth.guard import csrf


def register(app: Flask) -> None:
    """Mount every resource."""
    for blueprint in (*_blueprints(), *_of_what_goes_out(), *_of_what_is_learned()):
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)


def _of_what_goes_out() -> Iterator[Blueprint]:
    from app.api import calls, conflicts, destinations, hooks

    yield from (each.blueprint for each in (hooks, calls, destinations, conflicts))


def _of_what_is_learned() -> Iterator[Blueprint]:
    from app.api import models, rules_changes, scoring, trainings

    yield from (each.blueprint for each in (models, rules_changes, scoring, trainings))


def _blueprints() -> Iterator[Blueprint]:
    """A room's resource adds its blueprint to this list."""
    from app.api import (
        accounts,
        activities,
        audit,
        captured_mails,
        decisions,
        enrollments,
        export,
        flows,
        handoff_acts,
        handoffs,
        interventions,
        merges,
        openapi,
        opportunities,
        overrides,
        people,
        promises,
        prospects,
        received,
        reports,
        segments,
        sends,
        switches,
        tokens,
        transfers,
        words,
        write_ups,
    )

    record = (accounts, opportunities, activities, people, prospects, merges, overrides, words)
    rooms = (received, sends, switches, handoffs, handoff_acts, interventions, decisions)
    office = (audit, enrollments, export, flows, segments, promises, reports, tokens)
    after = (captured_mails, transfers, write_ups)
    yield openapi.blueprint
    yield from (each.blueprint for each in (*record, *rooms, *after, *office))
