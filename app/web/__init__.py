"""The web part: pages, API and webhooks behind one Flask factory."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Flask, g
from werkzeug.middleware.proxy_fix import ProxyFix

from app import api
from app.api.pace import Pace
from app.auth import cookies
from app.auth.guard import csrf
from app.auth.limits import Tries
from app.auth.seen import Seen
from app.bell import Bell
from app.database import Database, open_database
from app.demo_state.watch import DemoWatch
from app.demo_state.web import stand
from app.pages import demo, imports
from app.pages.site import PAGES
from app.settings import Settings
from app.web import clicks, errors, headers, health, look, metrics, signals, unsubscribe, webhooks

OUTSIDE: tuple[Blueprint, ...] = (
    clicks.blueprint,
    health.blueprint,
    metrics.blueprint,
    signals.blueprint,
    unsubscribe.blueprint,
    webhooks.blueprint,
)
"""What programs and prospects reach: no session, no form token; each proves itself in its own way."""


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    now: Callable[[], datetime] | None = None,
) -> Flask:
    """The whole site. Opens the database, so it is called in the process that serves, after any fork.

    `database` and `now` are for tests that bring their own.
    """
    app = Flask("app", template_folder=str(look.TEMPLATES))
    app.secret_key = settings.secret_key
    app.config.update(MAX_CONTENT_LENGTH=settings.max_body, WTF_CSRF_TIME_LIMIT=None)
    # Behind a proxy browsers send no referrer we could trust; the guard reads Origin instead.
    app.config["WTF_CSRF_SSL_STRICT"] = False
    app.extensions["settings"] = settings
    database = database or open_database(settings.database_url, ring=Bell(settings.redis_url).ring)
    app.extensions["database"] = database
    app.extensions["demo_watch"] = DemoWatch(database, settings)
    app.extensions["seen"] = Seen(app.extensions["database"])
    app.extensions["pace"] = Pace(settings.api_rate)
    app.extensions["tries"] = Tries(settings.redis_url)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    @app.before_request
    def note_the_hour() -> None:
        stand(app)
        g.now, g.zone = (now or database.clock.now)(), UTC

    app.before_request(demo.curtain)
    app.before_request(imports.make_room)
    cookies.configure(app, settings)
    headers.guard_answers(app)
    look.dress(app)
    errors.speak(app)
    _mount(app)
    return app


def _mount(app: Flask) -> None:
    csrf.init_app(app)
    for blueprint in OUTSIDE:
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    api.register(app)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
