"""Everybody who posts to Warmline: of each kind a source, what it sends, and how it proves a body."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.webhooks import mail_services
from tests.webhooks.mail_services import sendgrids_key, sendgrids_public_key
from tests.webhooks.support import SECRETS
from webhooks.sources import SourceKind

HERE = "http://localhost"
PATH_TOKEN = "a-token-in-the-path"
WRITE_KEY = "test-write-key"
ORIGIN = "https://www.vendor.example"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:ses-events-tenant-77"
CERTIFICATE = mail_services.CERTIFICATE
SENDGRIDS_SAMPLE_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAElV2P70i0QLE0yRqXxBg79yAfuGGFm86zxPXc+fZhBStyh6TM"
    "VvK1xsAq/RhMgt45+ioRLv5eWWyi4XrLnM/4pg=="
)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=bound"
Proof = tuple[bytes, dict[str, str]]
"""The body as it is sent, since some carry their proof inside, and the headers that prove it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request, as it goes out."""

    path: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sender:
    """One kind: what stands in sources.yaml, the samples it may send, and how it proves a body.

    `usual` is the type of its bodies: JSON, or a form's.
    """

    entry: Mapping[str, Any]
    samples: tuple[str, ...]
    prove: Callable[[bytes, datetime], Proof]
    usual: str = JSON


def sent(kind: SourceKind, body: bytes, now: datetime) -> Sent:
    """`body` as a sender of this kind posts it to the source that has its kind for a name."""
    sender = SENDERS[kind]
    proved, headers = sender.prove(body, now)
    token = sender.entry.get("token")
    path = f"/webhooks/{kind}" + (f"/{token}" if token else "")
    return Sent(path, proved, {"Content-Type": sender.usual, **headers})


def _mac(secret: str, message: bytes) -> bytes:
    return hmac.new(SECRETS[secret].encode(), message, hashlib.sha256).digest()


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _seconds(now: datetime) -> str:
    return str(int(now.timestamp()))


def _meta(body: bytes, now: datetime) -> Proof:
    return body, {"X-Hub-Signature-256": f"sha256={_mac('meta_app_secret', body).hex()}"}


def _linkedin(body: bytes, now: datetime) -> Proof:
    signature = _mac("linkedin_client_secret", b"hmacsha256=" + body).hex()
    return body, {"X-LI-Signature": signature}


def _nothing(body: bytes, now: datetime) -> Proof:
    """The key is in the body, or the address is the proof."""
    return body, {}


def _typeform(body: bytes, now: datetime) -> Proof:
    return body, {"Typeform-Signature": f"sha256={_text(_mac('typeform_secret', body))}"}


def _calendly(body: bytes, now: datetime) -> Proof:
    stamp = _seconds(now)
    signature = _mac("calendly_signing_key", f"{stamp}.".encode() + body).hex()
    return body, {"Calendly-Webhook-Signature": f"t={stamp},v1={signature}"}


def _hubspot(body: bytes, now: datetime) -> Proof:
    stamp = f"{_seconds(now)}000"
    text = f"POST{HERE}/webhooks/{SourceKind.HUBSPOT}".encode() + body + stamp.encode()
    signature = _text(_mac("hubspot_client_secret", text))
    return body, {"X-HubSpot-Request-Timestamp": stamp, "X-HubSpot-Signature-v3": signature}


def _webflow(body: bytes, now: datetime) -> Proof:
    stamp = f"{_seconds(now)}000"
    signature = _mac("webflow_secret", f"{stamp}:".encode() + body).hex()
    return body, {"x-webflow-timestamp": stamp, "x-webflow-signature": signature}


def _token(body: bytes, now: datetime) -> Proof:
    return body, {"X-Lead-Token": SECRETS["shared_header_token"]}


def _bearer(body: bytes, now: datetime) -> Proof:
    return body, {"Authorization": f"Bearer {SECRETS['shared_header_token']}"}


def _cloudevents(body: bytes, now: datetime) -> Proof:
    batch = body.lstrip().startswith(b"[")
    kind = "cloudevents-batch" if batch else "cloudevents"
    return body, {"Content-Type": f"application/{kind}+json", **_bearer(body, now)[1]}


def _browser(body: bytes, now: datetime) -> Proof:
    return body, {"Origin": ORIGIN}


def _basic(user: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(user.encode()).decode()}"}


def _segment(body: bytes, now: datetime) -> Proof:
    return body, _basic(f"{WRITE_KEY}:")


def _postmark(body: bytes, now: datetime) -> Proof:
    return body, _basic(SECRETS["basic_auth"])


def _sendgrid(body: bytes, now: datetime) -> Proof:
    stamp = _seconds(now)
    signature = sendgrids_key().sign(stamp.encode() + body, ec.ECDSA(SHA256()))
    name = "X-Twilio-Email-Event-Webhook"
    return body, {f"{name}-Signature": _text(signature), f"{name}-Timestamp": stamp}


def _resend(body: bytes, now: datetime) -> Proof:
    # Its event has no id of its own: the same event is sent under the same name.
    name = f"msg_{hashlib.sha256(body).hexdigest()[:27]}"
    key = base64.b64decode(SECRETS["svix_secret"].removeprefix("whsec_"))
    message = f"{name}.{_seconds(now)}.".encode() + body
    signature = f"v1,{_text(hmac.new(key, message, hashlib.sha256).digest())}"
    return body, {"svix-id": name, "svix-timestamp": _seconds(now), "svix-signature": signature}


def _mailgun(body: bytes, now: datetime) -> Proof:
    document = _object(body)
    if document is None:
        return body, {}
    token = hashlib.sha256(json.dumps(document.get("event-data")).encode()).hexdigest()[:50]
    key = SECRETS["mailgun_signing_key"]
    return json.dumps(
        {**document, "signature": mail_services.mailgun_proof(token, now, key)}
    ).encode(), {}


def _mailgun_inbound(body: bytes, now: datetime) -> Proof:
    token = hashlib.sha256(body).hexdigest()[:50]
    signed = mail_services.mailgun_proof(token, now, SECRETS["mailgun_signing_key"])
    return mail_services.form(dict(signed)).removesuffix(b"--bound--\r\n") + body, {}


def _ses(body: bytes, now: datetime) -> Proof:
    """Amazon signs the fields it knows, one a line, under their names."""
    envelope = _object(body)
    if envelope is None:
        return body, {}
    return mail_services.signed_by_amazon({**envelope, "SigningCertURL": CERTIFICATE}), {}


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _files(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}.json" for name in names)


SENDERS: Mapping[SourceKind, Sender] = {
    SourceKind.META_LEAD_ADS: Sender(
        {
            "secrets": [SECRETS["meta_app_secret"]],
            "verify_token": SECRETS["meta_verify_token"],
            "access_token": "a-page-token",
            "pages": ["104000000000777", "104000000000888"],
        },
        _files("meta", "leadgen_single", "leadgen_batched", "leadgen_numeric_ids"),
        _meta,
    ),
    SourceKind.LINKEDIN_LEAD_GEN: Sender(
        {
            "secrets": [SECRETS["linkedin_client_secret"]],
            "access_token": "an-access-token",
            "pages": ["urn:li:sponsoredAccount:507000001", "urn:li:organization:5509810"],
        },
        _files("linkedin", "notification_created_sponsored", "notification_created_event"),
        _linkedin,
    ),
    SourceKind.GOOGLE_LEAD_FORM: Sender(
        {"secrets": [SECRETS["google_key"]]},
        _files("google_ads", "lead_search", "lead_pmax", "lead_old_schema_no_column_id"),
        _nothing,
    ),
    SourceKind.TIKTOK_LEAD: Sender(
        {"token": PATH_TOKEN}, _files("tiktok", "lead_webhook"), _nothing
    ),
    SourceKind.SNAPCHAT_LEAD: Sender(
        {"token": PATH_TOKEN}, _files("snapchat", "lead_webhook"), _nothing
    ),
    SourceKind.TYPEFORM: Sender(
        {"secrets": [SECRETS["typeform_secret"]]}, _files("typeform", "form_response"), _typeform
    ),
    SourceKind.CALENDLY: Sender(
        {"secrets": [SECRETS["calendly_signing_key"]]},
        _files(
            "calendly",
            "invitee_created",
            "invitee_canceled_reschedule",
            "invitee_created_reschedule",
            "invitee_canceled",
            "routing_form_submission_created",
        ),
        _calendly,
    ),
    SourceKind.HUBSPOT: Sender(
        {"secrets": [SECRETS["hubspot_client_secret"]], "access_token": "a-private-app-token"},
        _files("hubspot", "webhook_batch"),
        _hubspot,
    ),
    SourceKind.WEBFLOW: Sender(
        {"secrets": [SECRETS["webflow_secret"]]},
        _files("webflow", "form_submission_v2"),
        _webflow,
    ),
    SourceKind.GRAVITY_FORMS: Sender(
        {"auth": {"header": "X-Lead-Token", "value": SECRETS["shared_header_token"]}},
        _files("gravity_forms", "all_fields_json"),
        _token,
    ),
    SourceKind.HTML_FORM: Sender(
        {"origins": [ORIGIN], "per_minute": 100_000},
        ("generic/html_form_urlencoded.txt",),
        _browser,
        FORM,
    ),
    SourceKind.GENERIC_JSON: Sender(
        {"auth": {"header": "Authorization", "value": SECRETS["shared_header_token"]}},
        _files("generic", "zapier_make_n8n_lead"),
        _bearer,
    ),
    SourceKind.SEGMENT: Sender(
        {"secrets": [WRITE_KEY]},
        _files("segment", "identify", "track", "page", "group", "alias", "batch"),
        _segment,
    ),
    SourceKind.CLOUDEVENTS: Sender(
        {"secrets": [SECRETS["shared_header_token"]]},
        _files("cloudevents", "structured", "batch"),
        _cloudevents,
    ),
    SourceKind.SES: Sender(
        {"topics": [TOPIC]},
        _files(
            "ses_sns",
            "event_delivery",
            "event_open",
            "event_click",
            "event_bounce_permanent",
            "event_bounce_transient",
            "event_complaint",
            "event_delivery_delay",
            "event_subscription_unsubscribe",
        ),
        _ses,
    ),
    SourceKind.SENDGRID: Sender(
        {"secrets": [sendgrids_public_key(), SENDGRIDS_SAMPLE_KEY]},
        _files("sendgrid", "event_batch"),
        _sendgrid,
    ),
    SourceKind.POSTMARK: Sender(
        {"secrets": [SECRETS["basic_auth"]]},
        _files(
            "postmark",
            "delivery",
            "bounce_hard",
            "bounce_soft",
            "spam_complaint",
            "open",
            "click",
            "subscription_change_unsubscribe",
            "subscription_change_resubscribe",
            "subscription_change_hard_bounce",
        ),
        _postmark,
    ),
    SourceKind.MAILGUN: Sender(
        {"secrets": [SECRETS["mailgun_signing_key"]]},
        _files(
            "mailgun",
            "delivered",
            "opened_by_apple_proxy",
            "opened_by_person",
            "clicked",
            "failed_permanent",
            "failed_temporary",
            "complained",
            "unsubscribed",
        ),
        _mailgun,
    ),
    SourceKind.RESEND: Sender(
        {"secrets": [SECRETS["svix_secret"]]},
        _files(
            "resend",
            "delivered",
            "delivery_delayed",
            "opened",
            "clicked",
            "bounced",
            "complained",
            "suppressed",
            "contact_updated_unsubscribed",
        ),
        _resend,
    ),
    SourceKind.SENDGRID_INBOUND: Sender(
        {"token": PATH_TOKEN},
        tuple(
            f"sendgrid_inbound/{name}.txt"
            for name in ("answer", "out_of_office_parsed", "returned")
        ),
        _nothing,
        PARTS,
    ),
    SourceKind.MAILGUN_INBOUND: Sender(
        {"secrets": [SECRETS["mailgun_signing_key"]]},
        tuple(
            f"mailgun_inbound/{name}.txt"
            for name in ("answer_parsed", "left_mime", "complaint_mime")
        ),
        _mailgun_inbound,
        PARTS,
    ),
    SourceKind.RESEND_INBOUND: Sender(
        {"secrets": [SECRETS["svix_secret"]], "access_token": "re_an-api-key"},
        _files("resend_inbound", "received"),
        _resend,
    ),
    SourceKind.POSTMARK_INBOUND: Sender(
        {"secrets": [SECRETS["basic_auth"]]},
        _files("postmark_inbound", "answer", "out_of_office_raw", "returned_parsed"),
        _postmark,
    ),
}
