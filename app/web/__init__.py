"""The web part: pages, API and webhooks behind one Flask factory."""

from flask import Flask

from app.bell import Bell
from app.database import open_database
from app.settings import Settings
from app.web import health


def create_app(settings: Settings) -> Flask:
    """The whole site. Opens the database, so it is called in the process that serves, after any fork."""
    app = Flask("app")
    bell = Bell(settings.redis_url)
    app.secret_key = settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.extensions["settings"] = settings
    app.extensions["database"] = open_database(settings.database_url, ring=bell.ring)
    app.register_blueprint(health.blueprint)
    return app
