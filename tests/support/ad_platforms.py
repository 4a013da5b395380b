"""Ad platforms that are not there: each takes conversions as the real one does, and refuses what it refuses."""

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request

from app.demo.stand_in import StandIn

HASH = re.compile(r"[0-9a-f]{64}")
BAD = "bad"
"""A conversion under this name is one that its platform will not take."""


def _all_hashed(*texts: str | None) -> bool:
    return all(HASH.fullmatch(text) for text in texts if text is not None)


class AdPlatform(StandIn):
    """What all of them keep: the requests, and the conversions they took, by id."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.requests: list[dict[str, Any]] = []
        self.taken: dict[str, dict[str, Any]] = {}
        self.doubled: list[str] = []
        self.failures: deque[tuple[int, dict[str, Any]]] = deque()
        app = Flask(type(self).__name__)
        app.add_url_rule("/<path:path>", "any", self._any, methods=["GET", "POST"])
        super().__init__(app, 0)

    def _any(self, path: str) -> Response | tuple[Response, int]:
        if request.method != "POST":
            return self.asked(path)
        if self.failures:
            status, document = self.failures.popleft()
            return jsonify(document), status
        if request.content_type != "application/json":
            return self.other(path)
        self.requests.append(request.get_json())
        return self.answer(path, request.get_json())

    def other(self, _path: str) -> tuple[Response, int]:
        return jsonify({}), 415

    def asked(self, _path: str) -> tuple[Response, int]:
        return jsonify({}), 405

    def answer(self, path: str, document: dict[str, Any]) -> tuple[Response, int]:
        raise NotImplementedError

    def take(self, identity: str, event: dict[str, Any]) -> None:
        if identity in self.taken:
            self.doubled.append(identity)
        self.taken[identity] = event


class MetaConversions(AdPlatform):
    """POST /v26.0/DATASET/events; one bad event refuses all."""

    def answer(self, path: str, document: dict[str, Any]) -> tuple[Response, int]:
        if request.args.get("access_token") != self.token:
            error = {"message": "Error validating access token", "type": "OAuthException"}
            return jsonify({"error": {**error, "code": 190, "fbtrace_id": "A"}}), 400
        assert re.fullmatch(r"v26\.0/[0-9]+/events", path), path
        events = document["data"]
        if not 1 <= len(events) <= 1000 or any(map(self._is_bad, events)):
            error = {"message": "Invalid parameter", "type": "OAuthException", "code": 100}
            said = {**error, "error_subcode": 2804003, "is_transient": False}
            said["error_user_msg"] = "An event is too old, or of ada@acme.example"
            return jsonify({"error": said}), 400
        for event in events:
            self.take(event["event_id"], event)
        received = {"events_received": len(events), "messages": [], "fbtrace_id": "AbCd"}
        return jsonify(received), 200

    def _is_bad(self, event: dict[str, Any]) -> bool:
        user = event["user_data"]
        hashed = _all_hashed(*user.get("em", []), *user.get("ph", []))
        lead = type(user.get("lead_id", 1)) is int
        crm = event["custom_data"]["event_source"] == "crm"
        system = event["action_source"] == "system_generated"
        return event["event_name"] == BAD or not (hashed and lead and crm and system)


class GoogleDataManager(AdPlatform):
    """POST /v1/events:ingest; fails fast, and names the events at fault. POST /token gives an access token."""

    tokens_given = 0
    looked: deque[dict[str, Any]]

    def asked(self, path: str) -> tuple[Response, int]:
        assert path == "v1/requestStatus:retrieve"
        assert request.headers["Authorization"] == f"Bearer {self.token}"
        assert request.args["requestId"] == "request-1"
        return jsonify({"requestStatusPerDestination": [self.looked.popleft()]}), 200

    def other(self, path: str) -> tuple[Response, int]:
        assert path == "token"
        if request.form.get("refresh_token") != "a-refresh-token":
            return jsonify({"error": "invalid_grant"}), 400
        self.tokens_given += 1
        return jsonify(
            {"access_token": self.token, "expires_in": 3599, "token_type": "Bearer"}
        ), 200

    def answer(self, path: str, document: dict[str, Any]) -> tuple[Response, int]:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            error = {"code": 401, "status": "UNAUTHENTICATED", "message": "Invalid credentials"}
            return jsonify({"error": error}), 401
        assert path == "v1/events:ingest", path
        references = {each["reference"]: each for each in document["destinations"]}
        wrong = [
            {
                "field": f"events.events[{n}].user_data",
                "description": "The value is malformed.",
                "reason": "INVALID_SHA256_FORMAT",
            }
            for n, event in enumerate(document["events"])
            if self._is_bad(event, references)
        ]
        if wrong or document["encoding"] != "HEX":
            detail = {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": wrong,
            }
            error = {"code": 400, "status": "INVALID_ARGUMENT", "message": "There was a problem"}
            return jsonify({"error": {**error, "details": [detail]}}), 400
        for event in document["events"]:
            self.take(event["transactionId"], event)
        return jsonify({"requestId": f"request-{len(self.requests)}"}), 200

    def _is_bad(self, event: dict[str, Any], references: dict[str, Any]) -> bool:
        (reference,) = event["destinationReferences"]
        people = event.get("userData", {}).get("userIdentifiers", [])
        hashed = _all_hashed(*(next(iter(each.values())) for each in people))
        return references[reference]["productDestinationId"] == "666" or not hashed


class LinkedInConversions(AdPlatform):
    """POST /rest/conversionEvents, BATCH_CREATE; each element has a status of its own."""

    def answer(self, path: str, document: dict[str, Any]) -> tuple[Response, int]:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return jsonify({"status": 401, "message": "Empty oauth2 access token"}), 401
        assert path == "rest/conversionEvents", path
        assert request.headers["X-RestLi-Method"] == "BATCH_CREATE"
        assert request.headers["X-Restli-Protocol-Version"] == "2.0.0"
        if not re.fullmatch(r"20[0-9]{4}", request.headers.get("LinkedIn-Version", "")):
            return jsonify({"status": 426, "message": "NONEXISTENT_VERSION"}), 426
        return jsonify({"elements": [self._one(each) for each in document["elements"]]}), 200

    def _one(self, element: dict[str, Any]) -> dict[str, Any]:
        ids = element["user"]["userIds"]
        hashed = _all_hashed(*(each["idValue"] for each in ids if each["idType"] == "SHA256_EMAIL"))
        if element["conversion"].endswith(":666") or not hashed:
            return {"status": 422, "error": {"status": 422, "message": "no such conversion"}}
        self.take(element["eventId"], element)
        return {"status": 201}


class TikTokEvents(AdPlatform):
    """POST /open_api/v1.3/event/track/; the status is 200 whatever happens."""

    def answer(self, path: str, document: dict[str, Any]) -> tuple[Response, int]:
        if request.headers.get("Access-Token") != self.token:
            return jsonify({"code": 40105, "message": "Access token is incorrect", "data": {}}), 200
        assert path == "open_api/v1.3/event/track/", path
        assert document["event_source"] == "crm"
        if any(self._is_bad(each) for each in document["data"]):
            return jsonify({"code": 40002, "message": "data.0.event: invalid", "data": {}}), 200
        for event in document["data"]:
            self.take(event["event_id"], event)
        return jsonify({"code": 0, "message": "OK", "request_id": "2026", "data": {}}), 200

    def _is_bad(self, event: dict[str, Any]) -> bool:
        user = event["user"]
        return event["event"] == BAD or not _all_hashed(user.get("email"), user.get("phone"))


@dataclass
class Everywhere:
    """One of each."""

    meta: MetaConversions = field(default_factory=lambda: MetaConversions("meta-token"))
    google: GoogleDataManager = field(default_factory=lambda: GoogleDataManager("google-token"))
    linkedin: LinkedInConversions = field(default_factory=lambda: LinkedInConversions("li-token"))
    tiktok: TikTokEvents = field(default_factory=lambda: TikTokEvents("tiktok-token"))
