"""`/c/<token>` and `/o/<token>`: a mail's link was followed, its picture fetched; that is written down, and nothing else."""

import base64

import structlog
from flask import Blueprint, Response, abort, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.door import perform, reading
from app.web.intake import Intake, NotLoadedError
from nurture import clicks, opens
from nurture.clicks import Click
from prospects import landing, robots
from webhooks import visitors
from webhooks.kinds.html_form import origin_in

log = structlog.get_logger(__name__)

blueprint = Blueprint("clicks", __name__)

NOT_FOLLOWED = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
DOT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""The smallest GIF there is: one transparent dot."""


@blueprint.get(f"{clicks.PATH}<token>")
def follow(token: str) -> ResponseReturnValue:
    """On to the link's own address, also when nothing can be written down; a HEAD is nobody's click."""
    click = clicks.click_of(current_app.extensions["settings"].secret_key, token)
    if click is None:
        abort(404)
    by_a_reader = request.method == "GET" and _written(click)
    if click.url == clicks.TRAP:
        return Response(status=204, headers=NOT_FOLLOWED)
    where = _ours(click) if by_a_reader else click.url
    answer = current_app.make_response(redirect(where))
    answer.headers.update(NOT_FOLLOWED)
    return answer


def _written(click: Click) -> bool:
    """Write the click down; whether a person may have made it."""
    now, asked = g.now, {name.lower(): value for name, value in request.headers.items()}
    robot = robots.is_robot(asked) or robots.is_fetched(asked)
    try:
        return perform(
            current_app.extensions["database"],
            lambda session: clicks.record(session, click, now, robot=robot),
        )
    except SQLAlchemyError as error:
        log.warning("a click was lost", error=type(error).__name__)
        return False


def _ours(click: Click) -> str:
    """The link's address; where that is a page of ours, with what tells whose visit begins there.

    Only where our script takes that out again: any other page would pass it on.
    """
    intake: Intake = current_app.extensions["intake"]
    try:
        site = intake.site(origin_in(click.url))
        with reading(intake.database) as session:
            if site is None or not visitors.are_told_of(session, site.slug, g.now):
                return click.url
    except (NotLoadedError, SQLAlchemyError):
        return click.url
    secret = current_app.extensions["settings"].secret_key
    return landing.with_pass(click.url, landing.pass_of(secret, click.ref.prospect_id, g.now))


@blueprint.get(f"{opens.PATH}<token>")
def opened(token: str) -> ResponseReturnValue:
    """A dot, whatever can be written down; a HEAD opens nothing."""
    dot = opens.dot_of(current_app.extensions["settings"].secret_key, token)
    if dot is None:
        abort(404)
    asked = {name.lower(): value for name, value in request.headers.items()}
    now, robot = g.now, robots.is_robot(asked)
    try:
        if request.method == "GET":
            perform(
                current_app.extensions["database"],
                lambda session: opens.record(session, dot, now, robot=robot),
            )
    except SQLAlchemyError as error:
        log.warning("an opening was lost", error=type(error).__name__)
    headers = {**NOT_FOLLOWED, "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(DOT, 200, headers=headers, content_type="image/gif")
