"""The API under /api/v1: JSON for programs that come with a token."""

from flask import Flask

from app.auth.guard import csrf


def register(app: Flask) -> None:
    """Mount every resource. A room's resource adds its blueprint to this list."""
    from app.api import (
        activities,
        decisions,
        handoff_acts,
        handoffs,
        interventions,
        openapi,
        people,
        prospects,
        received,
        sends,
        switches,
        words,
    )

    record = (activities, people, prospects, words)
    app.register_blueprint(openapi.blueprint)
    rooms = (received, sends, switches, handoffs, handoff_acts, interventions, decisions)
    for resource in (*record, *rooms):
        csrf.exempt(resource.blueprint)
        app.register_blueprint(resource.blueprint)
