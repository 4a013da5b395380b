"""The API under /api/v1: JSON for programs that come with a token."""

from flask import Flask

from app.auth.guard import csrf


def register(app: Flask) -> None:
    """Mount every resource. A room's resource adds its blueprint to this list."""
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
        hooks,
        interventions,
        models,
        openapi,
        opportunities,
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

    record = (accounts, opportunities, activities, people, prospects, words)
    app.register_blueprint(openapi.blueprint)
    rooms = (received, sends, switches, handoffs, handoff_acts, interventions, decisions)
    office = (audit, hooks, enrollments, export, flows, segments, models, promises, reports, tokens)
    after = (captured_mails, transfers, write_ups)
    for resource in (*record, *rooms, *after, *office):
        csrf.exempt(resource.blueprint)
        app.register_blueprint(resource.blueprint)
