"""The API under /api/v1: JSON for programs that come with a token."""

from flask import Flask

from app.auth.guard import csrf


def register(app: Flask) -> None:
    """Mount every resource. A room's resource adds its blueprint to this list."""
    from app.api import people

    for blueprint in (people.blueprint,):
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
