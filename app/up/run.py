"""`up`: everything on one machine, from one data folder, ended by one Ctrl-C."""

import fcntl
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import structlog

from app.endings import FailedError, RefusedError
from app.settings import Settings
from app.up import valkey
from app.up.supervisor import Part, Supervisor

log = structlog.get_logger(__name__)

ANNOUNCE_SECONDS = 60
ADDRESS_FILE = "address"
"""In the data folder: where this one was last up, for links that commands print."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asked for."""

    host: str
    port: int
    workers: int


def up(settings: Settings, wish: Wish) -> int:
    """Run web, workers, sweep and, unless there is a Redis, Valkey; until Ctrl-C or SIGTERM.

    Raises RefusedError when another one runs on the same folder, FailedError when it cannot start.
    """
    for name in settings.unknown:
        log.warning("this setting means nothing; is it misspelt?", name=name)
    with _locked(settings.data), _listening(wish) as listener:
        embedded = None if settings.redis_url else valkey.embedded(settings.data / "valkey")
        if embedded is None and settings.redis_url is None:
            _say("There is no Redis or Valkey to be had: the sweep does all the work, more slowly.")
        shared = {"WARMLINE_DATA": str(settings.data)}
        if redis := embedded.url if embedded else settings.redis_url:
            shared["REDIS_URL"] = redis
        gate = Gate()
        web = _web(shared, listener, gate)
        parts = [web, *_work(shared, wish), *_keepers(embedded)]
        supervisor = Supervisor(parts)
        # It loads while the database is made ready, and serves when the gate opens.
        supervisor.start(web)
        if supervisor.run_once(Part("prepare", ["prepare"], environment=shared)):
            supervisor.close()
            raise FailedError("the database could not be made ready; the reason is above")
        gate.open()
        threading.Thread(target=_announce, args=(settings, listener), daemon=True).start()
        return supervisor.run()


class Gate:
    """A pipe that a part waits at until it is opened; open, it stays so for who comes later."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()
        os.set_inheritable(self.reading, True)

    def open(self) -> None:
        os.close(self._writing)


def _web(shared: dict[str, str], listener: socket.socket, gate: Gate) -> Part:
    inherited = (listener.fileno(), gate.reading)
    line = ["web", "--socket", str(listener.fileno()), "--gate", str(gate.reading)]
    return Part("web", line, environment=shared, pass_fds=inherited)


def _work(shared: dict[str, str], wish: Wish) -> list[Part]:
    sweep = Part("sweep", ["sweep"], environment=shared)
    if "REDIS_URL" not in shared:
        return [sweep]
    crews = {"inside": wish.workers, "outside": 1}
    return [sweep] + [
        Part(f"{queue} worker {n}", ["worker", "--queue", queue], environment=shared)
        for queue, count in crews.items()
        for n in range(1, count + 1)
    ]


def _keepers(embedded: valkey.Embedded | None) -> list[Part]:
    return [Part("valkey", command=embedded.command, last=True)] if embedded else []


def _locked(data: Path) -> TextIO:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = (data / "up.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip()
        raise RefusedError(f"already up on {data} (process {holder}); stop that first") from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _listening(wish: Wish) -> socket.socket:
    """The socket the web part serves. Ours, so that callers wait while web is started again."""
    family = socket.AF_INET6 if ":" in wish.host else socket.AF_INET
    try:
        listener = socket.create_server((wish.host, wish.port), family=family, backlog=2048)
    except OSError as error:
        raise FailedError(
            f"cannot listen on {wish.host} port {wish.port}: {error.strerror}; try --port"
        ) from error
    listener.set_inheritable(True)
    return listener


def _announce(settings: Settings, listener: socket.socket) -> None:
    """Say where it is once it answers there."""
    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    deadline = time.monotonic() + ANNOUNCE_SECONDS
    while not _answers(address):
        if time.monotonic() > deadline:
            log.error("the site does not answer", address=address)
            return
        time.sleep(0.05)
    (settings.data / ADDRESS_FILE).write_text(address)
    _say(f"Warmline is up at {settings.base_url or address} on {settings.data}. Ctrl-C ends it.")


def _answers(address: str) -> bool:
    # The listener accepts from the first moment; the answer is what shows that web is there.
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _say(text: str) -> None:
    print(text, file=sys.stdout, flush=True)
