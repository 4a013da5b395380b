"""The cookies: one signed session cookie for pages, and a mark by which a known device is recognised."""

import hashlib
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeSerializer

from app.auth.sessions import IDLE
from app.auth.tokens import digest_of
from app.settings import Settings

OUTSIDE = ("/webhooks/", "/api/", "/static/", "/u/", "/c/", "/o/")
ALONE = frozenset({"/t", "/t.js", "/healthz", "/readyz", "/metrics"})
"""Paths that know nobody: no cookie is read or set there."""

DEVICE_FOR = timedelta(days=400)  # the longest a browser keeps a cookie


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, with a hash of today, and only where people look at pages."""

    digest_method = staticmethod(hashlib.sha256)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path in ALONE or request.path.startswith(OUTSIDE):
            return self.session_class()
        return super().open_session(app, request)


def configure(app: Flask, settings: Settings) -> None:
    """Cookies for this site: bound to the host alone when it is served over https."""
    https = (settings.base_url or "").startswith("https://")
    app.session_interface = PageSessions()
    app.config.update(
        SESSION_COOKIE_NAME="__Host-warmline" if https else "warmline",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=IDLE,
    )


def known_device(app: Flask, email: str) -> str | None:
    """The mark of this device if this account signed in on it before."""
    try:
        account, mark = _marks(app).loads(request.cookies.get(_device_name(app), ""))
    except (BadSignature, TypeError, ValueError):
        return None
    return str(mark) if account == _account(email) else None


def remember_device(app: Flask, response: Response, *, email: str, mark: str) -> None:
    """Mark this device as one the account signed in on."""
    signed = _marks(app).dumps([_account(email), mark])
    options: dict[str, Any] = {"httponly": True, "samesite": "Lax", "path": "/"}
    response.set_cookie(
        _device_name(app),
        signed if isinstance(signed, str) else signed.decode(),
        max_age=DEVICE_FOR,
        secure=app.config["SESSION_COOKIE_SECURE"],
        **options,
    )


def _device_name(app: Flask) -> str:
    return f"{app.config['SESSION_COOKIE_NAME']}-device"


def _marks(app: Flask) -> URLSafeSerializer:
    return URLSafeSerializer(
        str(app.secret_key), salt="device", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _account(email: str) -> str:
    return digest_of(email.strip().lower())[:24]
