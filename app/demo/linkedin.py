"""A LinkedIn that is not there: it challenges, notifies with a good signature, and hands leads out.

It speaks the shapes and errors of the Lead Sync API, and fails on demand. It listens on loopback.
"""

import hashlib
import hmac
import json
import re
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import requests
from flask import Flask, Response, request

from app import clock
from app.demo.linkedin_shapes import ACCOUNT, FORM_ID, Filled, Member, error, form, notification
from app.demo.linkedin_shapes import response as response_document
from app.demo.stand_in import StandIn

PATIENCE = 3.0
"""Seconds LinkedIn waits for the answer to its challenge."""
OLDEST_VERSION = 202_508


class LinkedIn(StandIn):
    """One stand-in platform with its own app secret and access token.

    `decorates` false makes it leave the form out of a response, as plain calls do; then the form
    must be asked for by itself.
    """

    def __init__(
        self, *, secret: str, access_token: str, decorates: bool = True, port: int = 0
    ) -> None:
        self.secret = secret
        self.access_token = access_token
        self.decorates = decorates
        self.calls: list[str] = []
        """The paths that were asked for, in order."""
        self._filled: dict[str, Filled] = {}
        self._refusals: deque[tuple[int, dict[str, str]]] = deque()
        super().__init__(self._app(), port)

    def fill(self, member: Member, *, at: datetime | None = None, owner: str = ACCOUNT) -> Filled:
        """A member fills in the form; nobody is told yet."""
        filled = Filled(f"{uuid4()}-4", member, at or clock.now(), owner)
        self._filled[filled.id] = filled
        return filled

    def take_back(self, filled: Filled) -> None:
        """The member withdraws: the response is gone here at once."""
        self._filled.pop(filled.id, None)

    def refuse(self, *statuses: int, **headers: str) -> None:
        """Answer the next calls with these statuses, one each."""
        self._refusals.extend((status, headers) for status in statuses)

    def signed(
        self, filled: Filled, action: str = "CREATED", *, at: datetime | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """A notification's body and headers, as `notify` posts them."""
        body = json.dumps(notification(filled, action, at or clock.now())).encode()
        key = self.secret.encode()
        signature = hmac.new(key, b"hmacsha256=" + body, hashlib.sha256).hexdigest()
        return body, {"Content-Type": "application/json", "X-LI-Signature": signature}

    def notify(self, webhook: str, filled: Filled, action: str = "CREATED") -> int:
        """Post a notification to `webhook`; the status it is answered with."""
        body, headers = self.signed(filled, action)
        return requests.post(webhook, data=body, headers=headers, timeout=10).status_code

    def challenge(self, webhook: str) -> bool:
        """Whether `webhook` proves within three seconds that it knows our secret."""
        code = str(uuid4())
        try:
            answer = requests.get(webhook, params={"challengeCode": code}, timeout=PATIENCE)
        except requests.RequestException:
            return False
        expected = hmac.new(self.secret.encode(), code.encode(), hashlib.sha256).hexdigest()
        wanted = {"challengeCode": code, "challengeResponse": expected}
        return answer.status_code == 200 and answer.json() == wanted

    def _app(self) -> Flask:
        app = Flask("linkedin")
        app.add_url_rule(
            "/rest/leadFormResponses/<lead>", "response", self._guarded(self._response)
        )
        app.add_url_rule("/rest/leadFormResponses", "finder", self._guarded(self._finder))
        app.add_url_rule("/rest/leadForms/<form_id>", "form", self._guarded(self._form))
        app.add_url_rule("/gone", "gone", lambda: Response(status=410), methods=["GET", "POST"])
        return app

    def _guarded(self, view: Callable[..., Response]) -> Callable[..., Response]:
        def guarded(**parts: str) -> Response:
            self.calls.append(request.path)
            if self._refusals:
                status, headers = self._refusals.popleft()
                return _answer(status, error(status), headers)
            refused = self._refusal()
            return _answer(refused, error(refused)) if refused else view(**parts)

        return guarded

    def _refusal(self) -> int | None:
        if request.headers.get("Authorization") != f"Bearer {self.access_token}":
            return 401
        version = request.headers.get("LinkedIn-Version", "")
        if not re.fullmatch(r"\d{6}", version):
            return 400
        if int(version) < OLDEST_VERSION:
            return 426
        return None if request.headers.get("X-Restli-Protocol-Version") == "2.0.0" else 400

    def _response(self, lead: str) -> Response:
        filled = self._filled.get(lead)
        if filled is None:
            return _answer(404, error(404))
        decorated = self.decorates and "form:(" in request.args.get("fields", "")
        return _answer(200, response_document(filled, decorated=decorated))

    def _finder(self) -> Response:
        """The responses of an owner within a time, of the type asked for."""
        asked = request.query_string.decode()
        start, end = (int(re.findall(rf"{name}:(\d+)", asked)[0]) for name in ("start", "end"))
        owner = unquote(re.findall(r"owner=\(\w+:([^)]*)\)", asked)[0])
        found = [
            response_document(each, decorated=False)
            for each in self._filled.values()
            if each.owner == owner and start <= each.at.timestamp() * 1000 <= end
        ]
        first, count = (int(request.args[name]) for name in ("start", "count"))
        return _answer(200, {"elements": found[first : first + count]})

    def _form(self, form_id: str) -> Response:
        known = form_id == str(FORM_ID)
        return _answer(200, form()) if known else _answer(404, error(404))


def _answer(status: int, document: Any, headers: dict[str, str] | None = None) -> Response:
    named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
    return Response(json.dumps(document), status, named, content_type="application/json")
