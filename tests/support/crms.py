"""CRMs that are not there: HubSpot and Salesforce as they answer, with pages, limits, tokens and refusals."""

import re
from collections import deque
from typing import Any, ClassVar
from urllib.parse import unquote

from flask import Flask, Response, jsonify, request

from app.demo.stand_in import StandIn

Answer = tuple[Response, int]
Properties = dict[str, Any]
SECONDLY = {
    "status": "error",
    "message": "You have reached your secondly limit.",
    "errorType": "RATE_LIMIT",
    "policyName": "SECONDLY",
}
EXPIRED = {
    "status": "error",
    "message": "The OAuth token used to make this call expired 3 minute(s) ago.",
    "category": "EXPIRED_AUTHENTICATION",
}


class _Crm(StandIn):
    """What both keep: the requests, tokens that can run out, and answers to be given in place of the next."""

    def __init__(self) -> None:
        self.token, self.tokens_given = "token-0", 0
        self.failures: deque[tuple[int, Any]] = deque()
        self.asked: list[tuple[str, str]] = []
        app = Flask(type(self).__name__)
        methods = ["GET", "POST", "PATCH"]
        app.add_url_rule("/<path:path>", "any", self._any, methods=methods)
        super().__init__(app, 0)

    def _any(self, path: str) -> Answer | Response:
        if path.endswith("token"):
            return self._give()
        self.asked.append((request.method, path))
        if self.failures:
            status, document = self.failures.popleft()
            return jsonify(document), status
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return jsonify(self.expired), 401
        return self.answer(path)

    def _give(self) -> Answer:
        if request.form.get("refresh_token") != "a-refresh-token":
            return jsonify({"error": "invalid_grant"}), 400
        self.tokens_given += 1
        return jsonify(self.given()), 200

    def expire(self) -> None:
        """What was given is believed no more."""
        self.token = f"token-{int(self.token.partition('-')[2]) + 1}"

    expired: Any

    def given(self) -> Any:
        raise NotImplementedError

    def answer(self, path: str) -> Answer | Response:
        raise NotImplementedError


class HubSpot(_Crm):
    """Owners, search, associations, batch reads; contacts patched by id or address, upserted by `warmline_id`."""

    expired = EXPIRED
    page = 2
    known = frozenset(
        [
            "email",
            "firstname",
            "lastname",
            "jobtitle",
            "phone",
            "company",
            "country",
            "warmline_id",
            "warmline_stage",
            "warmline_stage_confidence",
            "warmline_stage_at",
            "warmline_points",
            "warmline_grade",
            "warmline_finding",
            "warmline_finding_stage",
            "warmline_finding_at",
            "warmline_outcome",
            "warmline_outcome_amount",
            "warmline_outcome_currency",
            "warmline_outcome_at",
            "warmline_do_not_contact",
        ]
    )

    def __init__(self) -> None:
        self.owners: list[dict[str, Any]] = []
        self.records: dict[str, dict[str, Properties]] = {
            "companies": {},
            "contacts": {},
            "deals": {},
        }
        self.archived: dict[str, str] = {}
        self.tied: dict[tuple[str, str], list[str]] = {}
        super().__init__()

    def put(self, what: str, its_id: str, changed: str, **properties: Any) -> None:
        name = "lastmodifieddate" if what == "contacts" else "hs_lastmodifieddate"
        self.records[what][its_id] = {**properties, name: changed}

    def given(self) -> Any:
        return {"access_token": self.token, "expires_in": 1800, "refresh_token": "a-refresh-token"}

    def answer(self, path: str) -> Answer | Response:
        if path == "crm/v3/owners":
            return self._list(self.owners)
        if path == "crm/v3/objects/deals" and request.args.get("archived") == "true":
            return self._list([{"id": k, "archivedAt": at} for k, at in self.archived.items()])
        if found := re.fullmatch(r"crm/v3/objects/(\w+)/search", path):
            return self._search(found[1])
        if found := re.fullmatch(r"crm/v4/associations/deals/(\w+)/batch/read", path):
            return self._tied(found[1])
        if found := re.fullmatch(r"crm/v3/objects/(\w+)/batch/read", path):
            return self._read(found[1])
        if path == "crm/v3/objects/contacts/batch/upsert":
            return self._upsert()
        if request.method == "PATCH" and path.startswith("crm/v3/objects/contacts/"):
            return self._patch(unquote(path.rpartition("/")[2]))
        return jsonify({"status": "error", "message": "no such thing"}), 404

    def _list(self, items: list[dict[str, Any]]) -> Answer:
        start = int(request.args.get("after", 0))
        document: dict[str, Any] = {"results": items[start : start + self.page]}
        if start + self.page < len(items):
            document["paging"] = {"next": {"after": str(start + self.page)}}
        return jsonify(document), 200

    def _search(self, what: str) -> Answer:
        asked = request.get_json()
        (lately,) = asked["filterGroups"][0]["filters"]
        assert lately["operator"] == "GTE"
        assert asked["sorts"] == [
            {"propertyName": lately["propertyName"], "direction": "ASCENDING"}
        ]
        name, since = lately["propertyName"], int(lately["value"])
        live = {k: v for k, v in self.records[what].items() if k not in self.archived}
        found = sorted((v[name], k) for k, v in live.items() if _ms(v[name]) >= since)
        start = int(asked.get("after", 0))
        page = found[start : start + self.page]
        document: dict[str, Any] = {
            "total": len(found),
            "results": [self._record(what, key, asked["properties"]) for _, key in page],
        }
        if start + self.page < len(found):
            document["paging"] = {"next": {"after": str(start + self.page)}}
        return jsonify(document), 200

    def _record(self, what: str, its_id: str, wanted: list[str]) -> dict[str, Any]:
        all_of_it = self.records[what][its_id]
        return {"id": its_id, "properties": {name: all_of_it.get(name) for name in wanted}}

    def _tied(self, to: str) -> Answer:
        ids = [each["id"] for each in request.get_json()["inputs"]]
        results = [
            {"from": {"id": k}, "to": [{"toObjectId": int(n)} for n in self.tied[k, to]]}
            for k in ids
            if self.tied.get((k, to))
        ]
        return jsonify({"status": "COMPLETE", "results": results}), 200 if results else 207

    def _read(self, what: str) -> Answer:
        asked = request.get_json()
        ids = [each["id"] for each in asked["inputs"] if each["id"] in self.records[what]]
        results = [self._record(what, each, asked["properties"]) for each in ids]
        return jsonify({"status": "COMPLETE", "results": results}), 200

    def _upsert(self) -> Answer:
        (one,) = request.get_json()["inputs"]
        if wrong := self._wrong(one["properties"]):
            return wrong
        contacts = self.records["contacts"]
        by = one["idProperty"]
        met = next((k for k, v in contacts.items() if v.get(by) == one["id"]), None)
        its_id = met or str(len(contacts) + 501)
        contacts.setdefault(its_id, {}).update(one["properties"])
        result = {"id": its_id, "properties": contacts[its_id], "new": met is None}
        return jsonify({"status": "COMPLETE", "results": [result]}), 200

    def _patch(self, which: str) -> Answer:
        by = request.args.get("idProperty")
        contacts = self.records["contacts"]
        met = which if which in contacts and not by else None
        if by:
            met = next((k for k, v in contacts.items() if v.get(by) == which), None)
        if met is None:
            return jsonify({"status": "error", "category": "OBJECT_NOT_FOUND"}), 404
        if wrong := self._wrong(request.get_json()["properties"]):
            return wrong
        contacts[met].update(request.get_json()["properties"])
        return jsonify({"id": met, "properties": contacts[met]}), 200

    def _wrong(self, properties: Properties) -> Answer | None:
        strange = sorted(set(properties) - self.known)
        if not strange:
            return None
        message = f'Property "{strange[0]}" does not exist (of ada@acme.example)'
        return jsonify({"status": "error", "category": "VALIDATION_ERROR", "message": message}), 400


class Salesforce(_Crm):
    """SOQL by `query` and `queryAll` with pages, and records patched by id or upserted by `Warmline_Id__c`."""

    expired: ClassVar = [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]
    page = 2

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Properties]] = {
            name: {} for name in ("User", "Account", "Contact", "Lead", "Opportunity")
        }
        self.parts_changed: set[str] = set()
        self.pages: dict[str, list[Properties]] = {}
        self.queries: list[str] = []
        self.no_fields = False
        super().__init__()

    def put(self, what: str, its_id: str, changed: str, **fields: Any) -> None:
        attributes = {"type": what, "url": f"/services/data/v62.0/sobjects/{what}/{its_id}"}
        made = {"attributes": attributes, "Id": its_id, "SystemModstamp": changed, **fields}
        self.records[what][its_id] = {"IsDeleted": False, **made}

    def given(self) -> Any:
        # No end is said: a session is over when Salesforce says so.
        return {"access_token": self.token, "instance_url": self.url, "token_type": "Bearer"}

    def answer(self, path: str) -> Answer | Response:
        if re.fullmatch(r"services/data/v62\.0/query(All)?", path):
            return self._first(request.args["q"])
        if path in self.pages:
            return self._some(self.pages.pop(path))
        if found := re.fullmatch(r"services/data/v62\.0/sobjects/(\w+)/(\w+)", path):
            return self._patch(found[1], found[2])
        if found := re.fullmatch(
            r"services/data/v62\.0/sobjects/(\w+)/Warmline_Id__c/([-\w]+)", path
        ):
            return self._upsert(found[1], found[2])
        return jsonify([{"errorCode": "NOT_FOUND", "message": "no such thing"}]), 404

    def _first(self, soql: str) -> Answer:
        self.queries.append(soql)
        what = re.findall(r" FROM (\w+) WHERE (?:SystemModstamp|Id IN|Email)", soql)[0]
        rows = sorted(self.records[what].values(), key=lambda row: row["SystemModstamp"])
        if "Id IN (" in soql:
            rows = [row for row in rows if row["Id"] in self.parts_changed]
        elif found := re.search(r"Email = '((?:[^'\\]|\\.)*)'", soql):
            wanted = re.sub(r"\\(.)", r"\1", found[1])
            rows = [row for row in rows if row.get("Email") == wanted][:1]
        elif found := re.search(r"SystemModstamp >= (\S+)", soql):
            rows = [row for row in rows if row["SystemModstamp"] >= found[1]]
        if "/queryAll" not in request.path:
            rows = [row for row in rows if not row["IsDeleted"]]
        return self._some(rows)

    def _some(self, rows: list[Properties]) -> Answer:
        now, rest = rows[: self.page], rows[self.page :]
        document: dict[str, Any] = {"totalSize": len(rows), "done": not rest, "records": now}
        if rest:
            path = f"services/data/v62.0/query/01g-{len(self.queries)}-{len(rest)}"
            self.pages[path] = rest
            document["nextRecordsUrl"] = f"/{path}"
        return jsonify(document), 200

    def _patch(self, what: str, its_id: str) -> Answer | Response:
        if its_id not in self.records[what]:
            return jsonify([{"errorCode": "NOT_FOUND", "message": "deleted"}]), 404
        if wrong := self._wrong():
            return wrong
        self.records[what][its_id].update(request.get_json())
        return Response(status=204)

    def _upsert(self, what: str, own: str) -> Answer:
        fields = request.get_json()
        assert "Warmline_Id__c" not in fields
        if wrong := self._wrong():
            return wrong
        assert fields["LastName"]
        assert fields["Company"]
        rows = self.records[what].values()
        met = next((row["Id"] for row in rows if row.get("Warmline_Id__c") == own), None)
        its_id = met or f"00Q{len(self.records[what]):012d}AAA"
        if met is None:
            self.put(what, its_id, "2026-03-03T10:00:00.000+0000", Warmline_Id__c=own)
        self.records[what][its_id].update(fields)
        made = {"id": its_id, "success": True, "errors": [], "created": met is None}
        return jsonify(made), 200 if met else 201

    def _wrong(self) -> Answer | None:
        if not self.no_fields:
            return None
        message = "No such column 'Warmline_Stage__c' on sobject of type Lead"
        return jsonify([{"message": message, "errorCode": "INVALID_FIELD"}]), 400


def _ms(written: str) -> int:
    from webhooks.instants import instant

    at = instant(written)
    assert at is not None
    return int(at.timestamp() * 1000)
