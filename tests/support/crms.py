"""CRMs that are not there: HubSpot and Salesforce as they answer, with pages, limits, tokens and refusals."""

import re
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from typing import Any, ClassVar

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
    """Owners, search, associations; contacts read, updated and upserted in batches of a hundred at most.

    What `refuses` says of an address is refused: by itself where the inputs can be told apart, else all of them.
    """

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
        self.refuses: frozenset[str] = frozenset()
        self.tells_apart, self.ids = True, 0
        self.sizes: list[int] = []
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
            return self._batch(self._upsert)
        if path == "crm/v3/objects/contacts/batch/update":
            return self._batch(self._update)
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
        assert len(asked["inputs"]) <= 100
        by, wanted = asked.get("idProperty"), [each["id"] for each in asked["inputs"]]
        rows = self.records[what]
        ids = [key for key in wanted if key in rows]
        if by:
            assert by == "email"
            ids = [k for k, v in rows.items() if set(wanted) & _addresses(v)]
        results = [self._record(what, each, asked["properties"]) for each in ids]
        if len(results) == len(wanted):
            return jsonify({"status": "COMPLETE", "results": results}), 200
        missing = {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "not all are there",
        }
        document = {"status": "COMPLETE", "results": results, "numErrors": 1, "errors": [missing]}
        return jsonify(document), 207

    def _batch(self, one: Callable[[Properties], Properties]) -> Answer:
        inputs = request.get_json()["inputs"]
        assert 0 < len(inputs) <= 100
        named = [each["id"] for each in inputs]
        assert len(set(named)) == len(named)
        self.sizes.append(len(inputs))
        strange = sorted({name for each in inputs for name in each["properties"]} - self.known)
        if strange:
            message = (
                'Property values were not valid: [{"isValid":false,"message":"Property '
                f'\\"{strange[0]}\\" does not exist","error":"PROPERTY_DOESNT_EXIST"}}] (ada@acme.example)'
            )
            wrong = {"status": "error", "category": "VALIDATION_ERROR", "message": message}
            return jsonify(wrong), 400
        came = [one(each) for each in inputs]
        errors = [each for each in came if "category" in each]
        if errors and not self.tells_apart:
            return jsonify({**errors[0], "context": {}}), 400
        results = [each for each in came if "id" in each]
        for each in results:
            self.records["contacts"].setdefault(each["id"], {}).update(each["properties"])
        document = {"status": "COMPLETE", "results": results}
        if not errors:
            return jsonify(document), 200
        return jsonify({**document, "numErrors": len(errors), "errors": errors}), 207

    def _upsert(self, asked: Properties) -> Properties:
        contacts, by, said = self.records["contacts"], asked["idProperty"], asked["properties"]
        trace = asked["objectWriteTraceId"]
        if said.get("email") in self.refuses:
            message = f"Email address {said['email']} is invalid"
            context = {"objectWriteTraceId": [trace]}
            return _error("VALIDATION_ERROR", message, context)
        met = next((k for k, v in contacts.items() if v.get(by) == asked["id"]), None)
        other = next((k for k, v in contacts.items() if said.get("email") in _addresses(v)), met)
        if other != met:
            message = f"Contact already exists. Existing ID: {other}"
            return _error("CONFLICT", message, {"objectWriteTraceId": [trace]})
        self.ids += met is None
        its_id = met or str(500 + self.ids)
        return {"id": its_id, "properties": said, "new": met is None, "objectWriteTraceId": trace}

    def _update(self, asked: Properties) -> Properties:
        contacts = self.records["contacts"]
        assert "idProperty" not in asked, "an address is no unique property"
        if asked["id"] not in contacts:
            return _error("OBJECT_NOT_FOUND", "it is not there", {"ids": [asked["id"]]})
        if contacts[asked["id"]].get("email") in self.refuses:
            return _error("VALIDATION_ERROR", "it is locked", {"ids": [asked["id"]]})
        return {"id": asked["id"], "properties": asked["properties"]}


def _error(category: str, message: str, context: Properties) -> Properties:
    return {"status": "error", "category": category, "message": message, "context": context}


def _addresses(contact: Properties) -> set[str]:
    return {contact.get("email") or "", *(contact.get("hs_additional_emails") or "").split(";")} - {
        ""
    }


class Salesforce(_Crm):
    """SOQL by `query` and `queryAll` with pages, and collections of records updated by id or upserted by `Warmline_Id__c`.

    `refuses` is what it says of an address, or of a record's id, in place of writing it.
    """

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
        self.refuses: dict[str, str] = {}
        self.sizes: list[int] = []
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
        if path == "services/data/v62.0/composite/sobjects":
            return self._collection(self._update)
        if path == "services/data/v62.0/composite/sobjects/Lead/Warmline_Id__c":
            return self._collection(self._upsert)
        return jsonify([{"errorCode": "NOT_FOUND", "message": "no such thing"}]), 404

    def _first(self, soql: str) -> Answer:
        self.queries.append(soql)
        what = re.findall(r" FROM (\w+) WHERE (?:SystemModstamp|Id IN|Email)", soql)[0]
        rows = sorted(self.records[what].values(), key=lambda row: row["SystemModstamp"])
        if "Id IN (" in soql:
            rows = [row for row in rows if row["Id"] in self.parts_changed]
        elif found := re.search(r"Email IN \((.*)\)", soql):
            quoted = re.findall(r"'((?:[^'\\]|\\.)*)'", found[1])
            wanted = {re.sub(r"\\(.)", r"\1", each).lower() for each in quoted}
            rows = [row for row in rows if (row.get("Email") or "").lower() in wanted]
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

    def _collection(self, one: Callable[[Properties], Properties]) -> Answer:
        asked = request.get_json()
        assert request.method == "PATCH"
        assert asked["allOrNone"] is False
        assert 0 < len(asked["records"]) <= 200
        kinds = [each["attributes"]["type"] for each in asked["records"]]
        assert sum(a != b for a, b in pairwise(kinds)) < 10, "at most ten changes of kind"
        self.sizes.append(len(kinds))
        if self.no_fields:
            message = "No such column 'Warmline_Stage__c' on sobject of type Lead"
            return jsonify([{"message": message, "errorCode": "INVALID_FIELD"}]), 400
        return jsonify([one(each) for each in asked["records"]]), 200

    def _update(self, asked: Properties) -> Properties:
        rows, its_id = self.records[asked["attributes"]["type"]], asked["id"]
        if its_id not in rows:
            return _failed("ENTITY_IS_DELETED", "entity is deleted")
        if code := self.refuses.get(its_id):
            return _failed(code, "not now")
        said = {name: each for name, each in asked.items() if name not in ("attributes", "id")}
        rows[its_id].update(said)
        return {"id": its_id, "success": True, "errors": []}

    def _upsert(self, asked: Properties) -> Properties:
        fields = {name: each for name, each in asked.items() if name != "attributes"}
        own = fields["Warmline_Id__c"]
        assert "id" not in asked
        assert fields["LastName"]
        assert fields["Company"]
        if code := self.refuses.get(fields.get("Email", "")):
            return _failed(code, f"Email: invalid email address: {fields['Email']}")
        rows = self.records["Lead"]
        met = next((k for k, row in rows.items() if row.get("Warmline_Id__c") == own), None)
        its_id = met or f"00Q{len(rows):012d}AAA"
        if met is None:
            self.put("Lead", its_id, "2026-03-03T10:00:00.000+0000")
        rows[its_id].update(fields)
        return {"id": its_id, "success": True, "errors": [], "created": met is None}


def _failed(code: str, message: str) -> Properties:
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": []}]}


def _ms(written: str) -> int:
    from webhooks.instants import instant

    at = instant(written)
    assert at is not None
    return int(at.timestamp() * 1000)
