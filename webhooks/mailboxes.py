"""The address of a mailbox that is read by IMAP: `imaps://user:password@host[:port]/FOLDER`. Pure."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

PORTS = {"imaps": 993, "imap": 143}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where to sign in as whom; `tls` at once, else STARTTLS before anything is said."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    tls: bool = True


def read_mailbox(url: str) -> Mailbox | None:
    """The mailbox at this address; None for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    folder = unquote(parts.path.strip("/")) or "INBOX"
    plain = folder.isprintable() and folder.isascii() and '"' not in folder and "\\" not in folder
    if parts.scheme not in PORTS or not (parts.hostname and parts.username and parts.password):
        return None
    if not plain or parts.query or parts.fragment:
        return None
    return Mailbox(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=folder,
        tls=parts.scheme == "imaps",
    )
