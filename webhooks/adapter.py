"""What every kind of source is made of: plain values for what came in, and one `Adapter` each. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from prospects.kinds import Kind
from webhooks.fed_back import Copied, Feedback
from webhooks.sources import Source


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request as it stood on the wire. Header names are in lower case; `token` is from the path.

    `urls` are the whole addresses it may have been sent to, for senders that sign theirs, as the outside
    and as the request names us; `certificates` those that senders sign with, as PEM, by address.
    """

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    token: str | None = None
    urls: tuple[str, ...] = ()
    certificates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Posted:
    """One request as it was kept: its bytes, when they came, and those headers that were kept."""

    body: bytes
    received_at: datetime
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verified:
    """The sender is who they should be.

    `key` recognises this delivery when it comes again (None: each arrival is its own), `lately` only for
    a minute; `once`: other bytes under it are forged. `unproved` is the address of a certificate we lack.
    """

    key: str | None
    lately: bool = False
    once: bool = False
    unproved: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The request is answered with `status` and not kept; `reason` is safe to show and to log."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform's challenge is answered with: a document, or a plain text."""

    status: int
    body: Mapping[str, str] | str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Who an item is about, as the sender wrote it. `ids` are platform identities, kind to key."""

    email: str | None = None
    phone: str | None = None
    name: str | None = None
    title: str | None = None
    company: str | None = None
    domain: str | None = None
    country: str | None = None
    zone: str | None = None
    language: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    account_fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agreement:
    """One consent as it was given or refused, with the text the person saw."""

    topic: str
    given: bool
    text: str | None
    at: datetime


class Came(StrEnum):
    """How an item came: as it happened, or by a file of the past, with or without being acted on."""

    LIVE = "live"
    IMPORTED = "imported"
    QUIETLY = "imported quietly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Somebody did something. `key` recognises it whichever delivery brings it (None: each time counts),
    `space` keeps the keys of unlike things apart, `label` is the key as people know it.
    `visitors` is what the account or browser that did it goes by, the most telling first: by these is
    known who once said who they are. `alias` is an account and the one it was before, `landing` what
    a link of our mail brought along: it tells whose mail it was. `by_account`: the first visitor is
    an account, no browser that may be shared: what `about` says is learned of whoever is known by it."""

    space: str
    key: str | None
    label: str
    about: About
    kind: Kind
    happened_at: datetime
    body: Mapping[str, Any] = field(default_factory=dict)
    agreements: tuple[Agreement, ...] = ()
    came: Came = Came.LIVE
    visitors: tuple[str, ...] = ()
    by_account: bool = False
    alias: tuple[str, str] | None = None
    landing: str | None = None
    suspect_robot: bool = False


@dataclass(frozen=True, slots=True)
class Passed:
    """Understood, and nothing to write down, for `reason`."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Thin:
    """Only a reference came; the lead itself must be fetched. The key of the lead is `ref`.

    `told` is what the notification says of it, where it is needed, as if it were the first answer;
    `part_of` is the lead that this is taken back with, and its `ref` begins so.
    """

    space: str
    ref: str
    label: str
    told: Mapping[str, Any] | None = field(default=None, repr=False)
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The person took the lead `ref` (of `space`) back; it must go, and not come again. `identity` is
    the kind of its platform id; `in_parts`: that id is `ref`, and its parts go too.
    """

    space: str
    ref: str
    label: str
    identity: str
    in_parts: bool = False


@dataclass(frozen=True, slots=True)
class Test:
    """A platform's test: shown as such, and nobody's history."""

    __test__: ClassVar[bool] = False
    """Tells pytest that this is none of its own."""

    label: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Authentic, but not for this source to say, or of a sort nobody foresaw."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dead:
    """This one item cannot be used, for `reason`; the others of its delivery go on."""

    label: str
    reason: str


Item = Read | Feedback | Copied | Passed | Thin | Withdrawn | Test | Quarantined | Dead


@dataclass(frozen=True, slots=True)
class Call:
    """A GET to make at a platform. `url` is complete; the guard decides whether it may be called."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a platform answered. `wait` is its own wish in seconds, if it said one."""

    status: int
    body: bytes
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A call that brought nothing.

    `final`: trying again cannot help. `ours`: the source's configuration is at fault, say so at the source.
    """

    reason: str
    final: bool
    ours: bool = False
    wait: float | None = None


NextCall = Callable[[str, Source, Sequence[Reply]], Call | Trouble | None]
"""(ref, source, replies so far) -> the next call, or what is wrong, or None when all is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One kind of source.

    `verify` judges a request; `parse` reads what was kept of it, raising UnreadableError for what is
    no list of items at all; `keeps` names the headers it reads beside the usual ones; `challenge`
    answers a platform's handshake (GET), `asked` a sender that asks whether it may post (OPTIONS);
    `next_call` and `read_fetched` get what a thin source only names. What is `public` is posted to by
    anybody's browser: limited per address, and answered as browsers need it.
    """

    verify: Callable[[Incoming, Source, datetime], Verified | Refused]
    parse: Callable[[Posted, Source], list[Item]]
    keeps: tuple[str, ...] = ()
    challenge: Callable[[Incoming, Source], Answer | Refused] | None = None
    asked: Callable[[Incoming, Source], Answer | Refused] | None = None
    next_call: NextCall | None = None
    read_fetched: Callable[[str, Sequence[bytes], Source, datetime], Item] | None = None
    public: bool = False
