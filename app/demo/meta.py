"""A Meta that is not there: it notifies with a good signature, and hands leads out.

It speaks the shapes and errors of the Graph API, and fails on demand. It listens on loopback.
"""

import hashlib
import hmac
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
from flask import Flask, Response, request

from app import clock
from app.demo.stand_in import StandIn

VERSION = "v26.0"
PAGE = "104000000000777"
FORM = "700100200300401"
AD = {
    "ad_id": "120210000000011",
    "ad_name": "Guide download - variant B",
    "adset_id": "120210000000021",
    "adset_name": "Ops leaders",
    "campaign_id": "120210000000031",
    "campaign_name": "Warehouse guide",
}
FIRST_LEAD = 1_800_000_000_000_001

GONE = (400, 100, 33, "Unsupported get request. Object with ID does not exist")
TOKEN_EXPIRED = (400, 190, 463, "Error validating access token: Session has expired.")
RATE_LIMITED = (400, 80_005, None, "There have been too many leadgen api calls to this Page.")
TRANSIENT = (500, 2, None, "Service temporarily unavailable")
NO_PERMISSION = (403, 200, None, "Requires leads_retrieval permission")

Refusal = tuple[int, int, int | None, str]
"""Status, code, subcode, message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who fills in the instant form, under the form's own keys of questions."""

    answers: Mapping[str, str] = field(repr=False)
    ticked: Mapping[str, bool] = field(default_factory=dict)
    """Which boxes of the custom disclaimer were ticked."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled-in form as Meta keeps it."""

    id: str
    person: Person = field(repr=False)
    at: datetime
    page: str = PAGE


class Meta(StandIn):
    """One stand-in platform with its own app secret and page token."""

    def __init__(self, *, secret: str, access_token: str, port: int = 0) -> None:
        self.secret = secret
        self.access_token = access_token
        self.calls: list[str] = []
        """The leads that were asked for, in order."""
        self._filled: dict[str, Filled] = {}
        self._refusals: deque[Refusal] = deque()
        super().__init__(self._app(), port)

    @property
    def url(self) -> str:
        """What a source's `api_base_url` is set to."""
        return f"{super().url}/{VERSION}"

    def fill(self, person: Person, *, at: datetime | None = None, page: str = PAGE) -> Filled:
        """Somebody fills in the form; nobody is told yet."""
        filled = Filled(str(FIRST_LEAD + len(self._filled)), person, at or clock.now(), page)
        self._filled[filled.id] = filled
        return filled

    def refuse(self, *refusals: Refusal) -> None:
        """Answer the next calls with these errors, one each."""
        self._refusals.extend(refusals)

    def signed(self, *filled: Filled) -> tuple[bytes, dict[str, str]]:
        """A notification's body and headers, as `notify` posts them; several leads come in one."""
        body = json.dumps(notification(filled)).encode()
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        header = {"X-Hub-Signature-256": f"sha256={signature}"}
        return body, {"Content-Type": "application/json", **header}

    def notify(self, webhook: str, *filled: Filled) -> int:
        """Post a notification to `webhook`; the status it is answered with."""
        body, headers = self.signed(*filled)
        return requests.post(webhook, data=body, headers=headers, timeout=10).status_code

    def _app(self) -> Flask:
        app = Flask("meta")
        app.add_url_rule(f"/{VERSION}/<lead>", "lead", self._lead)
        app.add_url_rule(f"/{VERSION}/<page>/leadgen_forms", "forms", self._forms)
        app.add_url_rule(f"/{VERSION}/<form>/leads", "leads", self._leads)
        return app

    def _refusal(self, asked: str) -> Response | None:
        self.calls.append(asked)
        if self._refusals:
            return _refused(self._refusals.popleft())
        good = request.args.get("access_token") == self.access_token
        return None if good else _refused(TOKEN_EXPIRED)

    def _forms(self, page: str) -> Response:
        """The forms of a page: it has one."""
        if refused := self._refusal(f"{page}/leadgen_forms"):
            return refused
        forms = [{"id": FORM}] if any(each.page == page for each in self._filled.values()) else []
        return Response(json.dumps(_page(forms)), content_type="application/json")

    def _leads(self, form: str) -> Response:
        """The leads of a form, created after what `filtering` says."""
        if refused := self._refusal(f"{form}/leads"):
            return refused
        (later,) = json.loads(request.args["filtering"])
        found = [each for each in self._filled.values() if each.at.timestamp() > later["value"]]
        wanted = request.args["fields"].split(",")
        leads = [{n: v for n, v in lead_of(each).items() if n in wanted} for each in found]
        return Response(json.dumps(_page(leads)), content_type="application/json")

    def _lead(self, lead: str) -> Response:
        if refused := self._refusal(lead):
            return refused
        filled = self._filled.get(lead)
        if filled is None:
            return _refused(GONE)
        wanted = request.args.get("fields", "id,created_time").split(",")
        document = {name: each for name, each in lead_of(filled).items() if name in wanted}
        return Response(json.dumps(document), content_type="application/json")


def _page(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A page of a list, by the cursors the platform uses."""
    start = int(request.args.get("after", 0))
    stop = start + int(request.args.get("limit", 25))
    paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(stop)}}
    if stop < len(items):
        paging["next"] = f"{request.base_url}?after={stop}"
    return {"data": list(items[start:stop]), "paging": paging}


def notification(filled: Sequence[Filled]) -> dict[str, Any]:
    """What Meta posts: no personal data, only what to fetch, page by page."""
    entries = [
        {
            "id": each.page,
            "time": int(each.at.timestamp()),
            "changes": [
                {
                    "field": "leadgen",
                    "value": {
                        "created_time": int(each.at.timestamp()),
                        "leadgen_id": each.id,
                        "page_id": each.page,
                        "form_id": FORM,
                        "ad_id": AD["ad_id"],
                        "adgroup_id": AD["adset_id"],
                    },
                }
            ],
        }
        for each in filled
    ]
    return {"object": "page", "entry": entries}


def lead_of(filled: Filled) -> dict[str, Any]:
    """One lead, whole."""
    person = filled.person
    return {
        "id": filled.id,
        "created_time": filled.at.strftime("%Y-%m-%dT%H:%M:%S%z"),
        **AD,
        "form_id": FORM,
        "platform": "ig",
        "is_organic": False,
        "field_data": [
            {"name": name, "values": [text] if text else []}
            for name, text in person.answers.items()
        ],
        "custom_disclaimer_responses": [
            {"checkbox_key": key, "is_checked": "1" if yes else ""}
            for key, yes in person.ticked.items()
        ],
    }


def _refused(refusal: Refusal) -> Response:
    status, code, subcode, message = refusal
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEf"}
    if subcode is not None:
        error["error_subcode"] = subcode
    return Response(json.dumps({"error": error}), status, content_type="application/json")
