"""The items of `generic_json` as docs and contract promise them: leads, and activities of any kind. Pure."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prospects.faults import nearest
from prospects.kinds import OUTSIDE, Kind
from prospects.reading import UnreadableError, read_json
from webhooks.adapter import About, Agreement, Dead, Item, Read, Test
from webhooks.documents import TEST_MARK, spoken
from webhooks.filled_in import NO
from webhooks.instants import read_instant
from webhooks.paths import lifted
from webhooks.sources import Source
from webhooks.usual_names import usual

MOST_ITEMS = 5000
LONGEST_TEXT = 1000
LONGEST_KEY = 500
PERSON = ("email", "phone", "name", "title", "company", "domain", "country", "zone", "language")
KNOWN = frozenset(
    {*PERSON, "external_id", "at", "form", "campaign", "consent", "fields", "activity", "body"}
)


def read_items(body: bytes) -> list[Any]:
    """The items in a body. Raises UnreadableError for what is no object and no list of some length."""
    value = read_json(body)
    items = value if isinstance(value, list) else [value]
    if isinstance(value, list) and not value:
        raise UnreadableError("the list is empty")
    if len(items) > MOST_ITEMS:
        raise UnreadableError(f"{len(items)} items are more than {MOST_ITEMS}")
    if not isinstance(value, dict | list):
        raise UnreadableError("this is neither an object nor a list of objects")
    return items


def read_item(given: object, source: Source, now: datetime) -> Item:
    """One item understood, or dead with everything that is wrong with it."""
    if not isinstance(given, Mapping):
        return Dead("", "this item is not an object")
    if given.get(TEST_MARK) is True:
        return Test(str(given.get("external_id", ""))[:LONGEST_KEY])
    item = renamed(given, source)
    label = str(item["external_id"])[:LONGEST_KEY] if _key_is_given(item) else ""
    faults = _faults(item)
    if faults:
        return Dead(label, "; ".join(faults))
    return _activity(item, label, now) if "activity" in item else _lead(item, label, source, now)


def _lead(item: Mapping[str, Any], label: str, source: Source, now: datetime) -> Item:
    told = read_instant(item.get("at"), now)
    body = {
        "form": _text(item, "form"),
        "campaign": _text(item, "campaign") or source.campaign,
        "fields": _fields(item),
        "remark": told.remark,
    }
    return Read(
        space="lead",
        key=key_of(item),
        label=label or _short(item),
        about=_about(item),
        kind=Kind.FORM,
        happened_at=told.at,
        body={name: value for name, value in body.items() if value},
        agreements=_agreements(item.get("consent"), told.at, now),
    )


def _activity(item: Mapping[str, Any], label: str, now: datetime) -> Item:
    word = item["activity"]
    if not isinstance(word, str) or word not in OUTSIDE:
        good = nearest(word, [kind.value for kind in OUTSIDE])
        return Dead(label, f"`activity` is of no known kind{'; ' if good else ''}{good}")
    told = read_instant(item.get("at"), now)
    body = dict(item["body"]) if isinstance(item.get("body"), Mapping) else {}
    remark = {"remark": told.remark} if told.remark else {}
    return Read(
        space="activity",
        key=key_of(item),
        label=label or _short(item),
        about=_about(item),
        kind=Kind(word),
        happened_at=told.at,
        body=body | remark,
        agreements=_agreements(item.get("consent"), told.at, now) + said(Kind(word), body, told.at),
    )


def renamed(item: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """The item under our names: `map` first, also by path, then what we know; all else goes to `fields`."""
    ours_of: dict[str, Any] = {"fields": {}}
    stray: dict[str, Any] = {}
    account: dict[str, Any] = {}
    agreed: dict[str, bool] = {}
    for name, value in lifted(item, source.map).items():
        ours = source.map.get(name, name)
        if ours.startswith("account."):
            account[ours.removeprefix("account.")] = value
        elif ours.startswith("consent."):
            agreed[ours.removeprefix("consent.")] = spoken(value).strip().lower() not in NO
        elif ours == "fields" and isinstance(value, Mapping):
            ours_of["fields"] = {**value, **ours_of["fields"]}
        elif ours in KNOWN and ours != "fields":
            ours_of[ours] = value
        else:
            ours_of["fields"][ours.removeprefix("fields.")] = value
            stray |= {name: value} if name == ours else {}
    if "activity" not in ours_of:
        meant = _meant(stray).items()
        ours_of |= {name: value for name, value in meant if not _text(ours_of, name)}
    if agreed:
        said = ours_of.get("consent")
        ours_of["consent"] = [*(said if isinstance(said, list) else [said]), agreed]
    return ours_of | ({"account": account} if account else {})


def _meant(stray: Mapping[str, Any]) -> dict[str, Any]:
    """What names that programs usually send mean, where a lead says it under no name of ours.

    They stay among the fields as well, as every name does that is not ours.
    """
    texts = {name: _text(stray, name) for name in stray}
    called = {
        usual(name): text for name, text in texts.items() if text and len(text) <= LONGEST_TEXT
    }
    parts = [called[each] for each in ("first_name", "last_name") if each in called]
    utm = stray.get("utm")
    found = {
        "email": called.get("email", called.get("work_email")),
        "phone": called.get("phone", called.get("work_phone")),
        "name": called.get("name", " ".join(parts)),
        "title": called.get("title"),
        "company": called.get("company"),
        "at": stray.get("submitted_at"),
        "campaign": stray.get(
            "utm_campaign", utm.get("campaign") if isinstance(utm, dict) else None
        ),
    }
    return {name: value for name, value in found.items() if value}


def _faults(item: Mapping[str, Any]) -> list[str]:
    faults = [
        f"{name}: {len(item[name])} characters are more than {LONGEST_TEXT}"
        for name in (*PERSON, "form", "campaign")
        if isinstance(item.get(name), str) and len(item[name]) > LONGEST_TEXT
    ]
    if not _text(item, "email") and not _text(item, "phone"):
        faults.append("there is no `email` and no `phone`, so this is about nobody")
    own = item.get("external_id")
    if isinstance(own, str) and len(own) > LONGEST_KEY:
        faults.append(f"external_id: more than {LONGEST_KEY} characters")
    return faults


def _about(item: Mapping[str, Any]) -> About:
    person = {name: _text(item, name) for name in PERSON}
    fields = {} if "activity" in item and not item["fields"] else _fields(item)
    return About(**person, fields=fields, account_fields=item.get("account", {}))  # type: ignore[arg-type]


def _fields(item: Mapping[str, Any]) -> dict[str, Any]:
    """What we have no name for, and what came in a shape that does not fit its name."""
    misfits = {name: item[name] for name in PERSON if isinstance(item.get(name), Mapping | list)}
    return {**misfits, **item["fields"]}


def _text(item: Mapping[str, Any], name: str) -> str | None:
    """A text as it was typed, or a number written as one; the empty text is nothing."""
    value = item.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def key_of(item: Mapping[str, Any]) -> str | None:
    """What recognises this item: its own id; without one it counts each time it comes."""
    return f"id:{item['external_id']}" if _key_is_given(item) else None


def _key_is_given(item: Mapping[str, Any]) -> bool:
    given = item.get("external_id")
    return (isinstance(given, str) and bool(given.strip())) or type(given) is int


def _digest(item: Mapping[str, Any]) -> str:
    canonical = json.dumps(item, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _short(item: Mapping[str, Any]) -> str:
    return _digest(item)[:16]


def said(kind: Kind, body: Mapping[str, Any], at: datetime) -> tuple[Agreement, ...]:
    """What an activity itself says about being mailed: who unsubscribes from no one topic does from all."""
    topic = body.get("topic")
    topic = topic.strip()[:80] if isinstance(topic, str) else ""
    text = body["text"] if isinstance(body.get("text"), str) else None
    match kind:
        case Kind.UNSUBSCRIBED:
            return (Agreement(topic or "*", False, text, at),)
        case Kind.CONSENT if topic:
            return (Agreement(topic, True, text, at),)
        case _:
            return ()


def _agreements(given: object, at: datetime, received_at: datetime) -> tuple[Agreement, ...]:
    """Consents from a list of {topic, text, at, given}, one such object, or {topic: true, …}."""
    told = given if isinstance(given, list) else [given]
    found: list[Agreement] = []
    for each in told:
        if not isinstance(each, Mapping):
            continue
        text = each["text"] if isinstance(each.get("text"), str) else None
        when = read_instant(each["at"], received_at).at if each.get("at") else at
        answers = {name: yes for name, yes in each.items() if isinstance(yes, bool)}
        if isinstance(each.get("topic"), str) and each["topic"].strip():
            answers = {each["topic"].strip()[:80]: each.get("given") is not False}
        found += [Agreement(topic[:80], yes, text, when) for topic, yes in answers.items()]
    return tuple(found)
