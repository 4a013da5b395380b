"""`up`: everything on one machine, from one data folder, ended by one Ctrl-C."""

import fcntl
import os
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import structlog

from app.addresses import ADDRESS_FILE
from app.endings import REFUSED, FailedError, RefusedError
from app.settings import Settings
from app.up import announce, valkey
from app.up.supervisor import Part, Supervisor

log = structlog.get_logger(__name__)

ALONE = "There is no Redis or Valkey to be had: the sweep does all the work, more slowly."
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asked for."""

    host: str
    port: int
    workers: int
    demo: bool = False


def up(settings: Settings, wish: Wish) -> int:
    """Run web, workers, sweep and, unless there is a Redis, Valkey; until Ctrl-C or SIGTERM.

    Raises RefusedError when another one runs on the same folder, FailedError when it cannot start.
    """
    for name in settings.unknown:
        log.warning("this setting means nothing; is it misspelt?", name=name)
    with alone(settings.data), _listening(wish) as listener:
        embedded = None if settings.redis_url else valkey.embedded(settings.data / "valkey")
        if embedded is None and settings.redis_url is None:
            announce.say(ALONE)
        shared = {"WARMLINE_DATA": str(settings.data)}
        if redis := embedded.url if embedded else settings.redis_url:
            shared["REDIS_URL"] = redis
        address = _address(listener)
        # Links in mails begin with it; pages begin theirs with the address they were asked at.
        working = {**shared, "WARMLINE_BASE_URL": settings.base_url or address}
        gate = Gate()
        web = _web(shared, listener, gate)
        served = threading.Event()
        parts = [web, *_player(working, wish, address), *_work(working, wish, served)]
        parts += _keepers(embedded)
        supervisor = Supervisor(parts)
        # It loads while the database is made ready, and serves when the gate opens.
        supervisor.start(web)
        line = ["prepare", "--address", settings.base_url or address, *["--demo"] * wish.demo]
        code, way_in = supervisor.run_once(Part("prepare", line, environment=shared))
        if code:
            supervisor.close()
            raise _not_ready(code)
        gate.open()
        said = f"Warmline is up at {settings.base_url or address} on {settings.data}."
        (settings.data / ADDRESS_FILE).write_text(address)
        told = announce.demo if wish.demo else announce.site
        about = (address, f"{said} Ctrl-C ends it.\n{way_in}", served)
        threading.Thread(target=told, args=about, daemon=True).start()
        return supervisor.run()


def _not_ready(code: int) -> FailedError | RefusedError:
    if code == REFUSED:
        return RefusedError("nothing was started; the reason is above")
    return FailedError("the database could not be made ready; the reason is above")


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


def _player(shared: dict[str, str], wish: Wish, address: str) -> list[Part]:
    """A demo's own process; it has the tables made ready before it by then."""
    line = ["play", "--address", address]
    return [Part("demo", line, environment=shared)] if wish.demo else []


def _work(shared: dict[str, str], wish: Wish, served: threading.Event) -> list[Part]:
    """Sweep and workers, which wait for the first page, so that they do not delay it."""
    sweep = Part("sweep", ["sweep"], environment=shared, after=served)
    if "REDIS_URL" not in shared:
        return [sweep]
    crews = {"inside": wish.workers, "outside": 1}
    return [sweep] + [
        Part(f"{queue} worker {n}", ["worker", "--queue", queue], environment=shared, after=served)
        for queue, count in crews.items()
        for n in range(1, count + 1)
    ]


def _keepers(embedded: valkey.Embedded | None) -> list[Part]:
    return [Part("valkey", command=embedded.command, last=True)] if embedded else []


def alone(data: Path) -> TextIO:
    """A hold on the data folder that no second `up` or restore can have; close it to let go."""
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


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if host in EVERYWHERE:
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
