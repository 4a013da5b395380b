"""What an operator may set, read once from the environment; all mistakes are said together.

What each means stands in `app/known_settings.py`, from which `docs/operations.md` is made.
"""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

from app.known_settings import KNOWN

DEFAULT_DATA = "warmline-data"
SQLITE_FILE = "warmline.db"
SECRET_FILE = "secret.key"  # noqa: S105 - a file's name, not a secret
LONGEST_BODY = 1 << 20

SETTINGS = tuple(KNOWN)

# Wiring between our own processes, and what only the tests read.
NOT_OURS = ("WARMLINE_LIFELINE", "WARMLINE_PART", "WARMLINE_TEST_")


class SettingsError(Exception):
    """The settings cannot be used; every mistake is listed, each with what would be right."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """One process's settings; secrets stay out of its repr."""

    data: Path
    database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False, default=None)
    secret_key: str = field(repr=False, default="")
    base_url: str | None = None
    smtp_url: str | None = field(repr=False, default=None)
    mail_from: str | None = None
    capture_domain: str | None = None
    """The part behind the @ of the addresses that reps put in bcc; None for no such addresses."""
    return_domain: str | None = None
    """The part behind the @ of each mail's own return address; None: what comes back goes to the sender."""
    dns: tuple[str, int] | None = None
    """Address and port of the name server to ask; None for those of this machine."""
    egress_allow: tuple[IPv4Network | IPv6Network, ...] = ()
    api_token: str | None = field(repr=False, default=None)
    api_rate: int = 6000
    """Requests a minute one token may make of one web process."""
    max_body: int = LONGEST_BODY
    """Longest request body in bytes."""
    proxies: int = 0
    """How many trusted proxies stand in front and set X-Forwarded-*."""
    web_processes: int = 1
    web_threads: int = 16
    log_level: str = "info"
    demo: bool = False
    """Set by the row that makes a database a demo (`app/demo_state`), never by an operator."""
    unknown: tuple[str, ...] = ()
    """Names that start with WARMLINE_ and mean nothing here: most likely misspelt."""

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def read_settings(environ: Mapping[str, str], *, data: Path | None = None) -> Settings:
    """The settings in `environ`; `data` (from the command line) goes before WARMLINE_DATA.

    Makes the data folder, and the secret key in it when none is set.
    Raises SettingsError with every mistake found.
    """
    reader = _Reader(environ)
    folder = (data or Path(reader.text("WARMLINE_DATA") or DEFAULT_DATA)).absolute()
    settings = Settings(
        data=folder,
        database_url=reader.database(folder),
        redis_url=reader.url("REDIS_URL", ("redis", "rediss", "unix")),
        secret_key=reader.secret(),
        base_url=reader.base(),
        smtp_url=reader.url("WARMLINE_SMTP_URL", ("smtp", "smtps")),
        mail_from=reader.text("WARMLINE_MAIL_FROM"),
        capture_domain=reader.host("WARMLINE_CAPTURE_DOMAIN"),
        return_domain=reader.host("WARMLINE_RETURN_DOMAIN"),
        dns=reader.name_server(),
        egress_allow=reader.networks("WARMLINE_EGRESS_ALLOW"),
        api_rate=reader.number("WARMLINE_API_RATE", 6000, lowest=1),
        api_token=reader.text("WARMLINE_API_TOKEN"),
        max_body=reader.number("WARMLINE_MAX_BODY", LONGEST_BODY, lowest=1024),
        proxies=reader.number("WARMLINE_PROXIES", 0, lowest=0),
        web_processes=reader.number("WARMLINE_WEB_PROCESSES", 1, lowest=1),
        web_threads=reader.number("WARMLINE_WEB_THREADS", 16, lowest=1),
        log_level=reader.choice("WARMLINE_LOG_LEVEL", ("info", "debug", "warning", "error")),
        unknown=_unknown(environ),
    )
    if reader.problems:
        raise SettingsError(reader.problems)
    return _at_home(settings)


class _Reader:
    """Reads one value after another and keeps a list of what was wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        return self._environ.get(name, "").strip() or None

    def host(self, name: str) -> str | None:
        """A bare host name, in lower case."""
        text = (self.text(name) or "").lower()
        if text and (not re.fullmatch(r"[a-z0-9.-]{1,190}", text) or "." not in text.strip(".-")):
            self.problems.append(f"{name} is no host name; write it like in.acme.example")
        return text or None

    def number(self, name: str, default: int, *, lowest: int) -> int:
        text = self.text(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and int(text) >= lowest):
            self.problems.append(f"{name} must be a whole number of at least {lowest}")
            return default
        return int(text)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        text = (self.text(name) or allowed[0]).lower()
        if text not in allowed:
            self.problems.append(f"{name} must be one of {', '.join(allowed)}")
        return text

    def url(self, name: str, schemes: tuple[str, ...]) -> str | None:
        text = self.text(name)
        if text is None:
            return None
        # The value is not repeated in the message: it may hold a password.
        if not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            self.problems.append(
                f"{name} must start with {' or '.join(f'{s}://' for s in schemes)}"
            )
        return text

    def base(self) -> str | None:
        text = self.url("WARMLINE_BASE_URL", ("http", "https"))
        if text and text.startswith("http") and not _is_origin(text):
            self.problems.append("WARMLINE_BASE_URL must be like https://warmline.acme.example")
        return text.rstrip("/") if text else None

    def name_server(self) -> tuple[str, int] | None:
        text = self.text("WARMLINE_DNS")
        try:
            parts = urlsplit(f"//{text}")
            return (str(ip_address(parts.hostname or "")), parts.port or 53) if text else None
        except ValueError:
            self.problems.append("WARMLINE_DNS must be an address: 9.9.9.9, 127.0.0.1:53, [::1]:53")
            return None

    def secret(self) -> str:
        text = self.text("WARMLINE_SECRET_KEY") or ""
        if text and len(text) < 32:
            self.problems.append("WARMLINE_SECRET_KEY must have at least 32 characters")
        return text

    def networks(self, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
        found: list[IPv4Network | IPv6Network] = []
        for part in (self.text(name) or "").replace(",", " ").split():
            try:
                found.append(ip_network(part, strict=False))
            except ValueError:
                self.problems.append(f"{name}: {part} is not a network such as 10.0.0.0/8")
        return tuple(found)

    def database(self, folder: Path) -> str:
        text = self.text("DATABASE_URL")
        if text is None:
            return f"sqlite:///{folder / SQLITE_FILE}"
        for plain in ("postgres://", "postgresql://"):
            text = (
                text.replace(plain, "postgresql+psycopg://", 1) if text.startswith(plain) else text
            )
        if not text.startswith(("postgresql+psycopg://", "sqlite:///")):
            self.problems.append("DATABASE_URL must start with postgresql:// or sqlite:///")
        return text


def _is_origin(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and not parts.path.strip("/") and not parts.query


def _unknown(environ: Mapping[str, str]) -> tuple[str, ...]:
    ours = (name for name in environ if name.startswith("WARMLINE_"))
    return tuple(sorted(n for n in ours if n not in SETTINGS and not n.startswith(NOT_OURS)))


def _at_home(settings: Settings) -> Settings:
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = settings.secret_key or _kept_secret(settings.data / SECRET_FILE)
        return replace(settings, secret_key=secret)
    except OSError as error:
        raise SettingsError([f"the data folder {settings.data} cannot be used: {error}"]) from error


def _kept_secret(path: Path) -> str:
    """The secret in `path`, made on first need; two starts at once end up with the same one."""
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent) as fresh:  # mode 0600
            fresh.write(secrets.token_urlsafe(48))
            fresh.flush()
            # Linking, unlike renaming, fails when somebody else was first: then theirs it is.
            with suppress(FileExistsError):
                os.link(fresh.name, path)
    return path.read_text().strip()
