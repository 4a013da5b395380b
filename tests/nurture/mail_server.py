"""A mail server that really speaks SMTP on loopback, keeps what it gets, and can misbehave on command."""

import asyncio
import socket
import struct
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """What arrived, and how the server is to behave.

    `script` maps a command (RCPT, DATA) to answers, used one after the other; "hang" is silence
    after the mail was taken, "reset" a broken connection after it.
    """

    script: dict[str, list[str]] = field(default_factory=dict)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0
    taken: threading.Event = field(default_factory=threading.Event)

    @property
    def mails(self) -> list[Message]:
        return [message_from_bytes(each, policy=default) for each in self.raw]

    def _next(self, command: str) -> str | None:
        answers = self.script.get(command)
        return answers.pop(0) if answers else None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: Any
    ) -> Any:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if answer := self._next("RCPT"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = self._next("DATA")
        if answer and answer[0] in "45":
            return answer
        self.raw.append(bytes(envelope.original_content or b""))
        self.recipients.extend(envelope.rcpt_tos)
        self.taken.set()
        if answer == "hang":
            await asyncio.sleep(30)
        if answer == "reset":
            _reset(server)
        return "250 kept"


class MailServer:
    """Use as a context: `with MailServer() as (url, sink): …`."""

    def __init__(self) -> None:
        self.sink = Sink()
        self._controller = Controller(self.sink, hostname="127.0.0.1", port=_free_port())

    def __enter__(self) -> tuple[str, Sink]:
        self._controller.start()
        return f"smtp://127.0.0.1:{self._controller.port}", self.sink

    def __exit__(self, *_: object) -> None:
        self._controller.stop(no_assert=True)


def _reset(server: SMTP) -> None:
    transport = server.transport
    assert transport is not None
    connection = transport.get_extra_info("socket")
    # A closed socket with nothing to linger for sends RST instead of FIN.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
