"""A real SMTP server that keeps what it was handed, and can misbehave after DATA."""

import email
import email.policy
import threading
import time
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port


class MailSink:
    """Listens on loopback; `answer` is what it says after DATA, None to hang up without a word."""

    def __init__(self) -> None:
        self.answer: str | None = "250 kept"
        self.hang_seconds = 0.0
        self._kept: list[tuple[list[str], EmailMessage]] = []
        self._lock = threading.Lock()
        # aiosmtpd checks its own start by connecting, which port 0 would not survive.
        self._port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def all(self) -> list[EmailMessage]:
        """Everything that was handed over, in order."""
        with self._lock:
            return [message for _to, message in self._kept]

    def to(self, address: str) -> list[EmailMessage]:
        """What was handed over for one address."""
        with self._lock:
            return [message for to, message in self._kept if address in to]

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> Any:  # noqa: N802
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        with self._lock:
            self._kept.append((list(envelope.rcpt_tos), parsed))
        if self.hang_seconds:
            time.sleep(self.hang_seconds)
        if self.answer is None:
            assert server.transport is not None
            server.transport.abort()
        return self.answer or "451 gone"
