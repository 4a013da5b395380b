"""`/c/<token>`: a link of a mail was followed; it is written down, and the reader goes where it led."""

import structlog
from flask import Blueprint, abort, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.door import perform
from nurture.clicks import PATH, click_of, record
from nurture.robots import looks_ahead

log = structlog.get_logger(__name__)

blueprint = Blueprint("clicks", __name__)


@blueprint.get(f"{PATH}<token>")
def follow(token: str) -> ResponseReturnValue:
    """On to the link's own address, also when nothing can be written down; a HEAD is nobody's click."""
    click = click_of(current_app.extensions["settings"].secret_key, token)
    if click is None:
        abort(404)
    if request.method == "GET":
        now, robot = g.now, looks_ahead(dict(request.headers))
        try:
            perform(
                current_app.extensions["database"],
                lambda session: record(session, click, now, robot=robot),
            )
        except SQLAlchemyError as error:
            log.warning("a click was lost", error=type(error).__name__)
    answer = current_app.make_response(redirect(click.url))
    answer.headers.update({"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"})
    return answer
