"""The headers every answer carries, so that a browser does no more than a page needs."""

from flask import Flask, Response, request

from app.web_policy import PAGE

YEAR = 365 * 24 * 3600


def guard_answers(app: Flask) -> None:
    """Set them on every answer; a page that needs another value sets it first."""
    https = (app.extensions["settings"].base_url or "").startswith("https://")
    fixed = {
        "Content-Security-Policy": PAGE,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if https:
        fixed["Strict-Transport-Security"] = f"max-age={YEAR}"

    @app.after_request
    def add(response: Response) -> Response:
        set_already = {name.lower() for name, _ in response.headers}
        response.headers.extend(
            (name, value) for name, value in fixed.items() if name.lower() not in set_already
        )
        if request.endpoint == "static":
            # The address of a static file changes with its content.
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
