"""What the doctor finds on this machine: settings, the data folder, room on the disk."""

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from app.doctor.diagnosis import Diagnosis, broken, warning, well
from app.settings import DEFAULT_DATA, SECRET_FILE, SETTINGS, Settings, SettingsError, read_settings

LITTLE_ROOM = 1 << 30
NO_ROOM = 100 << 20
"""Bytes free on the data folder's disk below which it is looked at, and below which it is too late."""
HERE = ("127.0.0.1", "localhost", "::1", None)


def folder_of(environ: Mapping[str, str], data: Path | None) -> Path:
    """The data folder that commands here would use."""
    return (data or Path(environ.get("WARMLINE_DATA", "").strip() or DEFAULT_DATA)).absolute()


def settings(
    environ: Mapping[str, str], data: Path | None
) -> tuple[Settings | None, list[Diagnosis]]:
    """The settings, None if they cannot be used; asking makes neither folder nor key."""
    folder = folder_of(environ, data)
    if folder.is_dir():
        return _read(environ, folder)
    with TemporaryDirectory() as nowhere:
        _unused, found = _read(environ, Path(nowhere))
    line = f"There is no data folder {folder}."
    mend = "run `warmline up` to make it, or name the right one with --data"
    return None, [each for each in found if each.about == "settings"] + [
        broken("data folder", line, mend)
    ]


def _read(environ: Mapping[str, str], folder: Path) -> tuple[Settings | None, list[Diagnosis]]:
    try:
        read = read_settings(environ, data=folder)
    except SettingsError as error:
        mend = "correct it where it is set, and start again"
        return None, [broken("settings", f"{each}.", mend) for each in error.problems]
    found = [*_unknown(read), *_doubtful(read)]
    return read, found or [well("settings", "All can be used.")]


def _unknown(read: Settings) -> Iterator[Diagnosis]:
    for name in read.unknown:
        near = get_close_matches(name, SETTINGS, 1)
        mend = (
            f"write {near[0]}" if near else "take it away; docs/operations.md lists all there are"
        )
        yield warning("settings", f"{name} means nothing.", mend)


def _doubtful(read: Settings) -> Iterator[Diagnosis]:
    if read.base_url is None:
        line = (
            "WARMLINE_BASE_URL is not set, so links in mails lead to the address `up` listens on."
        )
        yield warning("settings", line, "set it to the address your people and platforms use")
        return
    parts = urlsplit(read.base_url)
    if parts.scheme == "http" and parts.hostname not in HERE:
        line = "WARMLINE_BASE_URL begins with http, and platforms deliver to https alone."
        yield warning("settings", line, "put a proxy with a certificate in front, and set https")
    if parts.scheme == "https" and read.proxies == 0:
        line = "WARMLINE_BASE_URL begins with https, and no proxy is trusted to say so."
        yield warning("settings", line, "set WARMLINE_PROXIES to how many stand in front, mostly 1")


def folder(read: Settings) -> Iterator[Diagnosis]:
    """Whether the data folder can be written here and read by nobody else."""
    place = read.data
    if not os.access(place, os.W_OK | os.X_OK):
        mend = f"run as its owner, or `chown -R $(id -un) {place}`"
        yield broken("data folder", f"{place} cannot be written.", mend)
        return
    found = [*_open(place, 0o700), *_open(place / SECRET_FILE, 0o600)]
    yield from found or [well("data folder", f"{place} is ours alone.")]


def _open(place: Path, right: int) -> Iterator[Diagnosis]:
    if not place.exists():
        return
    mode = stat.S_IMODE(place.stat().st_mode)
    if mode & 0o077:
        line = f"{place} may be read by others on this machine."
        yield warning("data folder", line, f"chmod {right:o} {place}")


def disk(read: Settings) -> Diagnosis:
    """How much room there is where data is written."""
    room = shutil.disk_usage(read.data)
    line = f"{_size(room.free)} of {_size(room.total)} are free at {read.data}."
    mend = "make room: older backups, logs, or a larger disk"
    if room.free < NO_ROOM:
        return broken("disk", line, mend)
    return warning("disk", line, mend) if room.free < LITTLE_ROOM else well("disk", line)


def _size(number: int) -> str:
    return f"{number / (1 << 30):.1f} GiB" if number >= 1 << 30 else f"{number >> 20} MiB"
