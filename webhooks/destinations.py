"""What a destination is: a platform that counts conversions, a chat, a CRM, a lookup. `written_out` reads one from files. Pure."""

import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from prospects.durations import Duration
from webhooks.events import Event
from webhooks.sources import HeaderName


class DestinationKind(StrEnum):
    """The kinds that are built."""

    META = "meta_conversions"
    GOOGLE = "google_conversions"
    LINKEDIN = "linkedin_conversions"
    TIKTOK = "tiktok_conversions"
    SLACK = "slack"
    TEAMS = "teams"
    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"
    HTTP_JSON = "http_json"


class Reading(StrEnum):
    """What a CRM can be asked for."""

    OWNERS = "owners"
    CUSTOMERS = "customers"
    DEALS = "deals"
    DO_NOT_CONTACT = "do_not_contact"


CRMS = frozenset({DestinationKind.HUBSPOT, DestinationKind.SALESFORCE})
CHATS = frozenset({DestinationKind.SLACK, DestinationKind.TEAMS})
LOOKUPS = frozenset({DestinationKind.HTTP_JSON})


class Milestone(StrEnum):
    """How far somebody came, as platforms count it. The middle ones are what a rep found."""

    LEAD = "lead"
    WARM = "warm"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    EARLIER = "earlier"
    LATER = "later"
    WRONG_PERSON = "wrong_person"
    NOT_A_BUYER = "not_a_buyer"
    WON = "won"
    LOST = "lost"


CHATTED = (
    *(Event.OFFERED, Event.ACCEPTED, Event.DECLINED, Event.EXPIRED, Event.CONFIRMED),
    *(Event.OVERDUE, Event.WON, Event.LOST, Event.PROMISE_MISSED),
)
"""What a chat can be told: what happens between a rep and a lead, and what is late."""
WRITTEN_TO_CRMS = (
    *(Event.STAGE_CLAIMED, Event.WARMED, Event.ACCEPTED, Event.CONFIRMED, Event.RECYCLED),
    *(Event.WON, Event.LOST, Event.CONSENT_CHANGED),
)
"""What has a person written anew in a CRM."""
TEN_MINUTES = timedelta(minutes=10)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Named(_Strict):
    """What a platform calls a step, and what it is worth where no deal says so."""

    name: str = Field(
        min_length=1, max_length=100, description="the event's name, or the id of the conversion"
    )
    value: Decimal | None = Field(default=None, ge=0, max_digits=15, decimal_places=2)
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")


def _named(value: object) -> object:
    """A bare name or number stands for a step without a worth of its own."""
    if isinstance(value, list):
        # A list of words is what a chat takes.
        return {str(each): {"name": str(each)} for each in value}
    if isinstance(value, Mapping):
        return {
            key: each if isinstance(each, Mapping) else {"name": _text(each)}
            for key, each in value.items()
        }
    return value


def _text(value: object) -> object:
    """Ids that YAML read as numbers."""
    return str(value) if type(value) is int else value


def _texts(value: object) -> object:
    return [value] if isinstance(value, str) else value


Id = Annotated[str, BeforeValidator(_text)]
Secret = Annotated[str | None, Field(default=None, min_length=1, repr=False)]


FieldName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,79}$")]


class Destination(_Strict):
    """One place that is told: what a person became goes to a platform or CRM, what happens to a lead to a chat.

    A lookup is told a company's domain alone, and asked what it knows of it.
    """

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,56}$")
    kind: DestinationKind
    events: Annotated[Mapping[str, Named], BeforeValidator(_named)] = Field(
        default_factory=dict,
        description="what is told, by step, with its name there; for chats and CRMs a list",
    )
    consent: str | None = Field(
        default=None, max_length=200, description="the topic somebody must have agreed to"
    )
    personalization: str | None = Field(
        default=None, max_length=200, description="Google: the topic of personalised advertising"
    )
    sources: Annotated[tuple[str, ...], BeforeValidator(_texts)] = Field(
        default=(), description="only those who came by these; else by the platform's own"
    )
    account: Annotated[Id | None, Field(default=None, pattern=r"^[0-9A-Za-z_-]{1,60}$")] = None
    login_account: Annotated[Id | None, Field(default=None, pattern=r"^[0-9-]{1,20}$")] = None
    access_token: Secret = None
    client_id: str | None = Field(default=None, max_length=300)
    client_secret: Secret = None
    refresh_token: Secret = None
    token_url: str | None = Field(default=None, max_length=2000)
    url: Secret = None
    api_base_url: str | None = Field(default=None, max_length=2000)
    api_version: str = Field(default="202607", pattern=r"^[0-9A-Za-z._-]{1,20}$")
    reads: tuple[Reading, ...] = Field(default=(), description="what a CRM is asked for")
    currency: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="of a CRM's amounts that name none"
    )
    ask_every: Duration = TEN_MINUTES
    finds: Mapping[FieldName, str] = Field(
        default_factory=dict,
        description="what a lookup tells of a company: our field, and where it stands in the answer",
    )
    header: HeaderName | None = Field(
        default=None, description="where a lookup's token stands; else as a bearer's"
    )
    per_minute: int = Field(
        default=30, ge=1, le=6_000, description="how many companies a lookup is asked about"
    )
    dry_run: bool = False
    active: bool = True

    @property
    def is_chat(self) -> bool:
        """Whether people read it, and not a platform."""
        return self.kind in CHATS

    @property
    def is_crm(self) -> bool:
        """Whether it is where sales keep their customers: asked as well as told."""
        return self.kind in CRMS

    @property
    def is_lookup(self) -> bool:
        """Whether it is asked what it knows of companies, and told nothing else."""
        return self.kind in LOOKUPS

    @property
    def by_calls(self) -> bool:
        """Whether it is told by calls, event by event."""
        return self.is_chat or self.is_crm

    @property
    def is_platform(self) -> bool:
        """Whether it counts conversions."""
        return not self.by_calls and not self.is_lookup

    @property
    def wants(self) -> frozenset[str]:
        """The steps or events it is told of."""
        return frozenset(self.events)


def body_of(document: Any) -> bytes:
    """A document as it goes over the wire."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
