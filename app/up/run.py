"""`up`: everything on one machine, from one data folder, ended by one Ctrl-C."""

import fcntl
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import structlog

from app import migrate
from app.database import NotDurableError, check_durable, open_database
from app.endings import FailedError, RefusedError
from app.settings import Settings
from app.up import valkey
from app.up.supervisor import Part, Supervisor
from prospects.table import Base
from prospects.topics import Queue

log = structlog.get_logger(__name__)

VALKEY_SECONDS = 10
ANNOUNCE_SECONDS = 60


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
    with _locked(settings.data), _listening(wish) as listener:
        host, port = listener.getsockname()[:2]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        embedded = None if settings.redis_url else valkey.embedded(settings.data / "valkey")
        if embedded:
            settings = replace(settings, redis_url=embedded.url)
        elif settings.redis_url is None:
            _say("There is no Redis or Valkey to be had: the sweep does all the work, more slowly.")
        parts = _parts(settings, wish, listener)
        supervisor = Supervisor([*parts, *_valkey_part(embedded)])
        _prepare(settings)
        threading.Thread(target=_announce, args=(settings, address), daemon=True).start()
        return supervisor.run()


def _parts(settings: Settings, wish: Wish, listener: socket.socket) -> list[Part]:
    shared = {"WARMLINE_DATA": str(settings.data)}
    if settings.redis_url:
        shared["REDIS_URL"] = settings.redis_url
    web = ["web", "--socket", str(listener.fileno())]
    parts = [
        Part("web", web, environment=shared, pass_fds=(listener.fileno(),)),
        Part("sweep", ["sweep"], environment=shared),
    ]
    if settings.redis_url is None:
        return parts
    crews = {Queue.INSIDE: wish.workers, Queue.OUTSIDE: 1}
    return parts + [
        Part(f"{queue} worker {n}", ["worker", "--queue", queue], environment=shared)
        for queue, count in crews.items()
        for n in range(1, count + 1)
    ]


def _valkey_part(embedded: valkey.Embedded | None) -> list[Part]:
    return [Part("valkey", command=embedded.command, last=True)] if embedded else []


def _prepare(settings: Settings) -> None:
    """Bring the tables up to date before anything uses them."""
    database = open_database(settings.database_url, connections=2)
    try:
        migrate.upgrade(database.engine)
        if migrate.head() is None:
            Base.metadata.create_all(database.engine)
        check_durable(database.engine)
    except NotDurableError as error:
        raise FailedError(str(error)) from error
    finally:
        database.close()


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


def _announce(settings: Settings, address: str) -> None:
    """Say where it is once it answers there, and on a new folder how to get in."""
    deadline = time.monotonic() + ANNOUNCE_SECONDS
    while not _answers(address):
        if time.monotonic() > deadline:
            log.error("the site does not answer", address=address)
            return
        time.sleep(0.05)
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
