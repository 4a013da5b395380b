"""One call of Segment's vocabulary understood: who did what, when by a clock we can trust. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from prospects.evidence import ACCOUNT
from prospects.identities import normalise_platform_id
from prospects.kinds import OUTSIDE, Kind
from webhooks.adapter import About, Dead, Item, Read, Test
from webhooks.documents import TEST_MARK
from webhooks.generic_items import LONGEST_KEY, LONGEST_TEXT, PERSON, said
from webhooks.instants import EARLIEST, Told, instant, read_instant
from webhooks.named_answers import about
from webhooks.segment_traits import flat
from webhooks.sources import Source
from webhooks.touch import touch_of

SHARED = ("context", "sentAt", "receivedAt")
"""What a batch says once for all its calls."""
CALL_HEADER = "x-segment-call"
"""Which call it is, where its address said so."""
TYPES = frozenset({"identify", "track", "page", "screen", "group", "alias"})
EVENTS: Mapping[str, Kind] = {
    "trial started": Kind.TRIAL,
    "signed up": Kind.FORM,
    "form submitted": Kind.FORM,
    "order completed": Kind.PURCHASE,
    "email opened": Kind.OPEN,
    "email link clicked": Kind.CLICK,
    "unsubscribed": Kind.UNSUBSCRIBED,
}
"""Segment's own words for events of which we have a kind; `map` names others."""
OF_THEMSELVES = frozenset({"signed up", "form submitted"})
"""Events whose properties say who did it."""
OURS: Mapping[str, str] = {
    "firstname": "first_name",
    "lastname": "last_name",
    "jobtitle": "title",
    "position": "title",
    "website": "domain",
    "company.name": "company",
    "company.size": "account.employees",
    "company.website": "domain",
    "address.country": "country",
    "locale": "language",
}
PLAIN = frozenset(
    {"email", "phone", "name", "first_name", "last_name", "title", "company", "domain", "country"}
    | {"zone", "language"}
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was sent, with what its batch says for all."""

    given: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        """A text or a number that stands at a dotted path; None for anything else and for nothing."""
        found = self.at(name)
        if isinstance(found, int | float) and not isinstance(found, bool):
            return str(found)
        return found.strip() or None if isinstance(found, str) else None

    def at(self, name: str) -> Any:
        found: Any = self.given
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def document(self, name: str) -> Mapping[str, Any]:
        found = self.at(name)
        return found if isinstance(found, Mapping) else {}

    @property
    def type(self) -> str:
        """What sort of call it is; where only its address told, what stands in it tells."""
        if told := self.text("type"):
            return told.lower()
        tells = {"event": "track", "previousId": "alias", "groupId": "group", "traits": "identify"}
        return next((sort for name, sort in tells.items() if name in self.given), "page")


def read_call(call: Call, source: Source, received_at: datetime) -> Item:
    """The call understood, or dead with the reason."""
    label = (call.text("messageId") or "")[:LONGEST_KEY]
    if call.at(TEST_MARK) is True:
        return Test(label)
    if call.type not in TYPES:
        return Dead(label, "this type of call is not known")
    if not any(call.text(name) for name in ("userId", "anonymousId", "previousId")):
        return Dead(label, "there is no `userId` and no `anonymousId`, so this is about nobody")
    kind = _kind(call, source)
    if kind not in OUTSIDE:
        return Dead(label, f"`map` makes this event `{kind}`, which is no kind of activity")
    who = _about(call, source)
    long = [name for name in PERSON if len(getattr(who, name) or "") > LONGEST_TEXT]
    if long:
        return Dead(label, f"{long[0]}: more than {LONGEST_TEXT} characters")
    return _read(call, Kind(kind), who, source, _when(call, received_at))


def _read(call: Call, kind: Kind, who: About, source: Source, told: Told) -> Read:
    key = call.text("messageId")
    body = dict(_body(call, kind, source)) | ({"remark": told.remark} if told.remark else {})
    digest = hashlib.sha256(json.dumps(call.given, sort_keys=True).encode()).hexdigest()
    return Read(
        space="activity",
        key=f"message:{key[:LONGEST_KEY]}" if key else None,
        label=(key or digest[:16])[:LONGEST_KEY],
        about=who,
        kind=kind,
        happened_at=told.at,
        body={name: value for name, value in body.items() if value not in (None, "", {})},
        agreements=said(kind, body, told.at),
        visitors=tuple(_visitors(call, source)),
        by_account=kind is Kind.IDENTIFIED and call.text("userId") is not None,
        alias=_alias(call, source),
    )


def _kind(call: Call, source: Source) -> str:
    match call.type:
        case "track":
            word = call.text("event") or ""
            return source.map.get(f"event.{word}") or EVENTS.get(word.lower(), Kind.CUSTOM)
        case "page" | "screen":
            return Kind.PAGE_VIEW
        case _:
            return Kind.IDENTIFIED


def _body(call: Call, kind: Kind, source: Source) -> Iterator[tuple[str, Any]]:
    campaign = call.text("context.campaign.name")
    page = call.text("properties.url") or call.text("context.page.url") or ""
    touch = {
        f"utm_{'campaign' if name == 'name' else name}": value
        for name, value in call.document("context.campaign").items()
        if isinstance(value, str) and name in {"source", "medium", "term", "content", "name"}
    } | touch_of(page or call.text("context.page.search") or "")
    if kind is Kind.IDENTIFIED:
        yield "group", call.text("groupId")
        # Who it is stands with the person, where it is hidden until somebody may see it.
        told = dict(call.document("traits"))
        yield "traits", {name: told[name] for name in told if OURS.get(name, name) not in PERSON}
        return
    yield "event", call.text("event")
    yield from call.document("properties").items()
    if kind is Kind.PAGE_VIEW:
        path = call.text("properties.path") or call.text("context.page.path")
        yield "page", path or call.text("name") or page
        yield "title", call.text("name") or call.text("properties.title")
    if kind is Kind.FORM:
        yield "form", call.text("properties.form") or call.text("event")
    if kind is Kind.CLICK:
        yield "url", call.text("properties.link_url") or page
    yield "campaign", campaign or touch.get("utm_campaign") or source.campaign
    yield "touch", touch


def _about(call: Call, source: Source) -> About:
    """Who it is; a user's id alone makes nobody known, so it stands beside an address or a number."""
    named: dict[str, Any] = {}
    if call.type == "group":
        named |= dict(_of_company(call))
    elif call.type == "identify":
        named |= dict(_named(call.document("traits"), source))
    elif (call.text("event") or "").lower() in OF_THEMSELVES:
        named |= dict(_named(call.document("properties"), source))
    told = dict(_named(call.document("context.traits"), source))
    named = {name: value for name, value in told.items() if name in {"email", "phone"}} | named
    user = call.text("userId")
    known = user is not None and ("email" in named or "phone" in named)
    return about(named, ids={ACCOUNT: f"{source.slug}:{user}"} if known else {})


def _named(traits: Mapping[str, Any], source: Source) -> Iterator[tuple[str, Any]]:
    """Traits under our names: `map` first, then the usual ones; any other is the person's."""
    for name, value in flat(traits):
        plain = name.lower().replace("-", "_")
        ours = source.map.get(name) or OURS.get(plain.replace("_", ""), plain)
        if ours in PLAIN or ours.startswith(("account.", "fields.")):
            yield ours, value
        elif plain.startswith("company."):
            yield f"account.{plain.removeprefix('company.')}", value
        else:
            yield f"fields.{ours if name in source.map else name}", value


def _of_company(call: Call) -> Iterator[tuple[str, Any]]:
    for name, value in flat(call.document("traits")):
        match name:
            case "name":
                yield "company", value
            case "website" | "domain":
                yield "domain", value
            case _:
                yield f"account.{name}", value


def _visitors(call: Call, source: Source) -> Iterator[str]:
    """By what the history of somebody nameless is kept: the account first, for a browser may be shared."""
    if user := call.text("userId"):
        yield f"{source.slug}:user:{user}"[:LONGEST_KEY]
    for name in ("anonymousId", "previousId"):
        if browser := call.text(name):
            yield f"{source.slug}:browser:{browser}"[:LONGEST_KEY]
    if previous := call.text("previousId"):
        yield f"{source.slug}:user:{previous}"[:LONGEST_KEY]


def _alias(call: Call, source: Source) -> tuple[str, str] | None:
    """The account and the one it was before, where that is what the call is about."""
    named = (normalise_platform_id(call.text(name) or "") for name in ("userId", "previousId"))
    user, previous = named
    if call.type != "alias" or not user or not previous or user == previous:
        return None
    return f"{source.slug}:{user}", f"{source.slug}:{previous}"


def _when(call: Call, received_at: datetime) -> Told:
    """When it happened. A device's clock may be wrong by years, but it is as wrong when it sends:
    what lay between the two is taken from the time of arrival.
    """
    told = call.at("originalTimestamp") or call.at("timestamp")
    if call.at("receivedAt") and call.at("timestamp"):
        # Segment has corrected it already.
        return read_instant(call.at("timestamp"), received_at)
    at, sent = instant(told), instant(call.at("sentAt"))
    if at is None or sent is None or min(at, sent) < EARLIEST:
        return read_instant(told, received_at)
    return read_instant(received_at - max(sent - at, timedelta()), received_at)
