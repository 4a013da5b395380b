"""Every setting: its name, what it is when left out, and what it means. `docs/operations.md` shows this table."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """What an operator reads of one setting, in Markdown."""

    default: str
    means: str


KNOWN: Mapping[str, Setting] = {
    "DATABASE_URL": Setting(
        "SQLite in the data folder",
        "`postgresql://user:password@host/name` or `sqlite:////absolute/path`",
    ),
    "REDIS_URL": Setting(
        "an embedded Valkey",
        "`redis://`, `rediss://` or `unix://`; give Warmline a database number of its own",
    ),
    "WARMLINE_API_RATE": Setting(
        "`6000`",
        "requests a minute that one API token may make of one web process; more get 429 with `Retry-After`",
    ),
    "WARMLINE_API_TOKEN": Setting(
        "none",
        "accepted as an administrator's API token while it is set",
    ),
    "WARMLINE_BASE_URL": Setting(
        "the address it listens on",
        "how people and platforms reach it, such as `https://warmline.acme.example`; links in mails start with it",
    ),
    "WARMLINE_CAPTURE_DOMAIN": Setting(
        "none",
        "a host whose mail comes in by a source such as `imap` or `sendgrid_inbound`, or is handed to `POST /api/v1/captured_mails`; then each taken lead has an address of its own for a rep's bcc",
    ),
    "WARMLINE_DATA": Setting(
        "`./warmline-data`",
        "the data folder; `--data` goes before it",
    ),
    "WARMLINE_DNS": Setting(
        "those of the machine",
        "the name server the set-up page asks, such as `9.9.9.9` or `10.0.0.53:5353`; where your own network sees another DNS than the world does",
    ),
    "WARMLINE_EGRESS_ALLOW": Setting(
        "none",
        "networks inside your own that it may call, such as `10.1.0.0/16, 127.0.0.0/8`; all other inside addresses are refused, and only these are called without TLS",
    ),
    "WARMLINE_LOG_LEVEL": Setting(
        "`info`",
        "`debug`, `info`, `warning` or `error`",
    ),
    "WARMLINE_MAIL_FROM": Setting(
        "none",
        "the sender of mails to your own people, such as `warmline@acme.example`",
    ),
    "WARMLINE_MAX_BODY": Setting(
        "`1048576`",
        "the longest request body in bytes; longer ones get 413",
    ),
    "WARMLINE_PROXIES": Setting(
        "`0`",
        "how many proxies of yours stand in front and set `X-Forwarded-For`, `-Proto` and `-Host`",
    ),
    "WARMLINE_RETURN_DOMAIN": Setting(
        "none: what comes back goes to the sender",
        "a host whose mail comes in by a source such as `imap` or `sendgrid_inbound`; then each mail to a prospect has a return address of its own there, for what bounces, and for answers to mails with no `reply_to` that are not `from: owner`; your SPF record must allow your mail service for it",
    ),
    "WARMLINE_SECRET_KEY": Setting(
        "made once, in `secret.key`",
        "at least 32 characters; set it where several machines share a database",
    ),
    "WARMLINE_SMTP_URL": Setting(
        "none: mails lie in the outbox",
        "`smtp://user:password@host:587` or `smtps://…:465`",
    ),
    "WARMLINE_WEB_PROCESSES": Setting(
        "`1`",
        "processes that serve; more than one pays only on PostgreSQL",
    ),
    "WARMLINE_WEB_THREADS": Setting(
        "`16`",
        "requests at a time in each of them",
    ),
}
