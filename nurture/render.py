"""Turns a template and a person's values into the mail they get, in a child that cannot hang us."""

import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nurture.headers import HeaderError, one_line
from nurture.templates import MailTemplate

SECONDS = 5.0
"""Wall time for one mail; the child's own limit of 2-3 seconds of CPU usually comes first."""

RENDERS_PER_CHILD = 2_000


class RenderError(Exception):
    """This mail cannot be made for this person; the reason is fit for the marketer's eyes."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail as it will be read."""

    subject: str
    html: str
    text: str


class Renderer:
    """Keeps one rendering child; safe to share between threads, which then take turns."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._renders = 0
        self._turn = threading.Lock()

    def render(self, template: MailTemplate, values: Mapping[str, Any]) -> Rendered:
        """The mail; raises RenderError, at the latest after five seconds.

        `values`: JSON only, keys among `sandbox.VALUES`. A child that misbehaved is not used again.
        """
        request = json.dumps(
            {
                "subject": template.subject,
                "html": template.html,
                "text": template.text,
                "values": dict(values),
            }
        ).encode()
        with self._turn:
            answer = self._ask(request)
        if "error" in answer:
            raise RenderError(answer["error"])
        try:
            subject = one_line("subject", " ".join(answer["subject"].split()))
        except HeaderError as error:
            raise RenderError(str(error)) from error
        return Rendered(subject=subject, html=answer["html"], text=answer["text"])

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in filter(None, (child.stdin, child.stdout)):
            pipe.close()

    def _ask(self, request: bytes) -> dict[str, str]:
        child = self._ready()
        deadline = time.monotonic() + SECONDS
        try:
            _write(child, struct.pack(">I", len(request)) + request, deadline)
            size = struct.unpack(">I", _read(child, 4, deadline))[0]
            found = json.loads(_read(child, size, deadline))
        except (OSError, EOFError):
            self.close()
            raise RenderError("it took too much time or memory") from None
        return {str(key): str(value) for key, value in found.items()}

    def _ready(self) -> subprocess.Popen[bytes]:
        self._renders += 1
        if self._renders > RENDERS_PER_CHILD or (self._child and self._child.poll() is not None):
            self.close()
        if self._child is None:
            self._renders = 1
            self._child = _start()
        return self._child


def _start() -> subprocess.Popen[bytes]:
    # -I would hide the project; an environment without secrets is what matters.
    home = Path(__file__).parents[1]
    child = subprocess.Popen(
        [sys.executable, "-m", "nurture.render_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=home,
        env={"PATH": os.defpath, "PYTHONPATH": str(home), "PYTHONHASHSEED": "0"},
        bufsize=0,
    )
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            os.set_blocking(pipe.fileno(), False)
    return child


def _write(child: subprocess.Popen[bytes], left: bytes, deadline: float) -> None:
    pipe = child.stdin
    if pipe is None:
        raise EOFError
    while left:
        _, ready, _ = select.select([], [pipe], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise EOFError
        left = left[pipe.write(left) or 0 :]


def _read(child: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
    pipe = child.stdout
    parts = bytearray()
    while pipe is not None and len(parts) < size:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        part = pipe.read(size - len(parts)) if ready else b""
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
