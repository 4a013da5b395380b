"""Mail services as they sign and write, each with a key of its own: small senders for tests."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from webhooks.adapter import Incoming

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
ADA = "ada@buyer.example"
TOPIC = "arn:aws:sns:eu-central-1:210987654321:what-became-of-mails"
AMAZON = "https://sns.eu-central-1.amazonaws.com"
CERTIFICATE = f"{AMAZON}/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem"
SIGNING_KEY = "a-signing-key-of-mailgun"
SVIX = "whsec_" + base64.b64encode(b"thirty bytes of svix for tests").decode()
PATH_TOKEN = "a-secret-last-part"


def incoming(
    body: bytes, headers: dict[str, str], token: str | None = None, **more: Any
) -> Incoming:
    lower = {name.lower(): value for name, value in headers.items()}
    return Incoming("POST", lower, {}, body, token=token, **more)


@cache
def amazons_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def amazons_certificate() -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
    made = made.public_key(amazons_key().public_key()).not_valid_before(NOW)
    signed = made.not_valid_after(NOW + timedelta(days=300)).sign(amazons_key(), SHA256())
    return signed.public_bytes(Encoding.PEM).decode()


def sns(message: object, *, version: str = "2", **changes: Any) -> bytes:
    """A message as Amazon posts it, with the string to sign put together by hand."""
    text = message if isinstance(message, str) else json.dumps(message)
    envelope: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": hashlib.sha256(text.encode()).hexdigest()[:32],
        "TopicArn": TOPIC,
        "Message": text,
        "Timestamp": "2026-03-03T10:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
        **changes,
    }
    return signed_by_amazon(envelope)


def signed_by_amazon(envelope: dict[str, Any]) -> bytes:
    """The envelope with the signature over those of its fields that Amazon signs, one name and value a line."""
    names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    if envelope.get("Type") != "Notification":
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    lines = "".join(f"{each}\n{envelope[each]}\n" for each in names if each in envelope)
    algorithm = SHA256() if envelope.get("SignatureVersion") == "2" else SHA1()
    signature = amazons_key().sign(lines.encode("utf-8", "replace"), padding.PKCS1v15(), algorithm)
    return json.dumps({**envelope, "Signature": base64.b64encode(signature).decode()}).encode()


def ses(event: str, part: str, about: dict[str, Any], **mail: Any) -> dict[str, Any]:
    """An event as SES writes it."""
    told = {"messageId": "0100-ses-1", "destination": [ADA], "timestamp": "2026-03-03T09:50:00Z"}
    return {"eventType": event, "mail": {**told, **mail}, part: about}


@cache
def sendgrids_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def sendgrids_public_key() -> str:
    public = sendgrids_key().public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def sendgrid(*events: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    told = [{"email": ADA, "timestamp": int(NOW.timestamp()), **each} for each in events]
    body, stamp = json.dumps(told).encode(), str(int(NOW.timestamp()))
    signature = sendgrids_key().sign(stamp.encode() + body, ec.ECDSA(SHA256()))
    return body, {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
    }


def mailgun_proof(token: str, now: datetime = NOW, key: str = SIGNING_KEY) -> dict[str, str]:
    stamp = str(int(now.timestamp()))
    signature = hmac.new(key.encode(), (stamp + token).encode(), hashlib.sha256).hexdigest()
    return {"timestamp": stamp, "token": token, "signature": signature}


def mailgun(event: str, *, token: str = "t1", now: datetime = NOW, **about: Any) -> bytes:
    told = {"id": f"mg-{event}-{token}", "timestamp": now.timestamp(), "recipient": ADA}
    data = {**told, "event": event, **about}
    return json.dumps({"signature": mailgun_proof(token, now), "event-data": data}).encode()


def postmark(record: str, **about: Any) -> bytes:
    told = {"RecordType": record, "MessageID": "pm-1", "Recipient": ADA}
    return json.dumps({**told, **about}).encode()


def resend(
    event: str, *, key: str = "msg_1", now: datetime = NOW, **data: Any
) -> tuple[bytes, dict[str, str]]:
    told = {"email_id": "re-1", "to": [f"Ada <{ADA}>"], "subject": "Hello Ada"}
    document = {"type": event, "created_at": "2026-03-03T09:59:00Z", "data": {**told, **data}}
    body, stamp = json.dumps(document).encode(), str(int(now.timestamp()))
    secret = base64.b64decode(SVIX.removeprefix("whsec_"))
    mac = hmac.new(secret, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(mac).decode()}"
    return body, {"svix-id": key, "svix-timestamp": stamp, "svix-signature": signature}


def form(fields: dict[str, str | bytes], *files: tuple[str, str, bytes]) -> bytes:
    """A multipart form, as services post it."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + (value if isinstance(value, bytes) else value.encode())
        for name, value in fields.items()
    ]
    parts += [
        f'Content-Disposition: form-data; name="{name}"; filename="f"\r\nContent-Type: {sort}\r\n\r\n'.encode()
        + content
        for name, sort, content in files
    ]
    return b"".join(b"--bound\r\n" + each + b"\r\n" for each in parts) + b"--bound--\r\n"
