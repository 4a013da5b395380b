"""Where the demo's leads come from: LinkedIn and Meta that are not there, a Google, a website."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from app.demo.cast import Buyer
from app.demo.linkedin import LinkedIn
from app.demo.linkedin_shapes import Member
from app.demo.meta import Meta, Person

ORIGIN = "https://www.isotherm.example"
SECRETS = {
    "LINKEDIN_SECRET": "the-demos-own-linkedin-secret",
    "LINKEDIN_TOKEN": "the-demos-own-linkedin-token",
    "META_SECRET": "the-demos-own-meta-secret",
    "META_VERIFY_TOKEN": "the-demos-own-meta-verify-token",
    "META_TOKEN": "the-demos-own-meta-token",
    "GOOGLE_KEY": "the-demos-own-google-key",
    "SIGNALS_KEY": "the-demos-own-signals-key",
}
"""Printed here for everybody to read: what they prove is only that the demo speaks with itself."""


class Door(Protocol):
    """Where webhooks are posted to: the site in this process, or one on a socket."""

    def __call__(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Post `body` to `/webhooks/<path>`; the status of the answer."""


@dataclass(frozen=True, slots=True)
class Platforms:
    """Everything outside that sends leads, and the door they send them to."""

    linkedin: LinkedIn
    meta: Meta
    door: Door

    @property
    def variables(self) -> dict[str, str]:
        """What `sources.yaml` of the demo takes from its environment."""
        return {**SECRETS, "LINKEDIN_URL": self.linkedin.url, "META_URL": self.meta.url}

    def on_linkedin(self, who: Buyer, at: datetime) -> int:
        """Somebody fills in the lead form of the spring campaign."""
        member = Member(
            first_name=who.given,
            last_name=who.family,
            email=who.email,
            phone=who.phone,
            title=who.title,
            company=who.company,
            when=len(who.family) % 3,
            consents=(True, True),
            person=f"urn:li:person:{who.email}",
        )
        body, headers = self.linkedin.signed(self.linkedin.fill(member, at=at), at=at)
        return self.door("linkedin", body, headers)

    def forged(self, at: datetime) -> int:
        """Somebody who does not know LinkedIn's secret tries their luck."""
        stranger = Member(first_name="Nobody", last_name="Known", email="x@stranger.example")
        body, headers = self.linkedin.signed(self.linkedin.fill(stranger, at=at), at=at)
        return self.door("linkedin", body, {**headers, "X-LI-Signature": "0" * 64})

    def on_meta(self, who: Buyer, at: datetime) -> int:
        """Somebody fills in the instant form under the advertisement."""
        answers = {
            "full_name": who.name,
            "email": who.email,
            "phone_number": who.phone,
            "company_name": who.company,
            "job_title": who.title,
            "country": who.country,
        }
        filled = self.meta.fill(Person(answers=answers, ticked={"news": True}), at=at)
        return self.door("meta", *self.meta.signed(filled))

    def on_google(self, who: Buyer, at: datetime, *, campaign: int) -> int:
        """Somebody asks for a demo under a search result."""
        columns = {
            "FULL_NAME": who.name,
            "WORK_EMAIL": who.email,
            "PHONE_NUMBER": who.phone,
            "COMPANY_NAME": who.company,
            "JOB_TITLE": who.title,
            "COUNTRY": who.country,
        }
        lead = {
            "lead_id": f"CjwK-{who.email}-{at:%Y%m%d%H%M}",
            "api_version": "1.0",
            "form_id": 40_000_000_001,
            "campaign_id": 20_000_000_000 + campaign,
            "google_key": SECRETS["GOOGLE_KEY"],
            "gcl_id": f"Cj0-{who.email}",
            "lead_submit_time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "user_column_data": [
                {"column_id": column, "string_value": value}
                for column, value in columns.items()
                if value
            ],
        }
        return self._json("google", lead)

    def on_site(self, who: Buyer, form: str) -> int:
        """Somebody fills in a form on the website."""
        fields = {
            "name": who.name,
            "email": who.email,
            "tel": who.phone,
            "company": who.company,
            "title": who.title,
            "country": who.country,
            "form": form,
            "consent": "newsletter",
            "consent_text": "Write to me about news",
        }
        body = urlencode({name: value for name, value in fields.items() if value}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN}
        return self.door("site", body, headers)

    def signals(self, who: Buyer, at: datetime, acts: Sequence[tuple[str, str]]) -> int:
        """What somebody did on the website in one visit: (kind, page or title), a minute apart."""
        items = [
            {
                "external_id": f"{who.email}-{at:%Y%m%d%H%M%S}-{number}",
                "at": at.isoformat(),
                "email": who.email,
                "activity": kind,
                "body": {_named(kind): what},
            }
            for number, (kind, what) in enumerate(acts)
        ]
        return self._json("web-signals", items, {"X-Token": SECRETS["SIGNALS_KEY"]})

    def robot(self, at: datetime) -> int:
        """A machine fills in everything, the field that people do not see among it."""
        fields = {"name": "Best Offers", "email": f"win{at:%H%M}@prizes.example", "form": "contact"}
        body = urlencode({**fields, "website": "http://prizes.example"}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN}
        return self.door("site", body, headers)

    def garbled(self) -> int:
        """A program of ours posts what it should not have."""
        headers = {"X-Token": SECRETS["SIGNALS_KEY"], "Content-Type": "application/json"}
        return self.door("web-signals", b'{"email": "b.w\xe4lder@frischwerk.example", ', headers)

    def _json(self, slug: str, document: Any, headers: Mapping[str, str] | None = None) -> int:
        body = json.dumps(document, ensure_ascii=False).encode()
        return self.door(slug, body, {"Content-Type": "application/json", **(headers or {})})


@contextmanager
def platforms(door: Door, *, linkedin_port: int = 0, meta_port: int = 0) -> Iterator[Platforms]:
    """The stand-ins, listening on loopback as long as this is held."""
    linkedin = LinkedIn(
        secret=SECRETS["LINKEDIN_SECRET"],
        access_token=SECRETS["LINKEDIN_TOKEN"],
        port=linkedin_port,
    )
    meta = Meta(
        secret=SECRETS["META_SECRET"],
        access_token=SECRETS["META_TOKEN"],
        port=meta_port,
    )
    with linkedin, meta:
        yield Platforms(linkedin, meta, door)


def _named(kind: str) -> str:
    return {"page_view": "page", "click": "url", "reply": "text"}.get(kind, "title")
