"""A cheap sender of leads: keep-alive connections, one thread, a process of its own.

`python -m bench.load PLAN` with the plan as JSON; prints what came of it as JSON.
"""

import hashlib
import hmac
import json
import math
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0
"""Seconds after which an answer that has not come counts as lost."""
MOST_A_SECOND = 1500
"""So many are made for each second."""
PAUSE = 0.002
"""Seconds between two looks whether a lead is due."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send: as fast as the answers come, or `rate` a second; for `seconds`, or `count` leads.

    `kind`: not leads of our own, but what senders of this kind of source send, made before the time
    begins; without a `path` to that source, proved as it asks.
    """

    port: int
    path: str | None
    secret: str
    prefix: str
    connections: int
    seconds: float | None = None
    count: int | None = None
    rate: float | None = None
    kind: str | None = None


@dataclass(slots=True)
class Outcome:
    """What came of a plan. Times are seconds of the system's monotonic clock.

    `latencies` count from when a lead was due to be sent, so that a server that makes the sender
    wait does not look quick.
    """

    seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    sent_at: dict[str, float] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        return self.statuses.get("200", 0)


def send_apart(plan: Plan) -> Outcome:
    """Carry out a plan in a process of its own, so that sending costs the caller nothing."""
    command = [sys.executable, "-m", "bench.load", json.dumps(asdict(plan))]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return Outcome(**json.loads(done.stdout))


class _Line:
    """One connection, with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self._read = b""

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        self.socket.sendall(request)

    def answer(self) -> str | None:
        """The status once the whole answer is there. Raises ConnectionError if the line is cut."""
        found = self.socket.recv(65536)
        if not found:
            raise ConnectionError("the server hung up")
        self._read += found
        head, separator, body = self._read.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return None
        self._read = b""
        return head[9:12].decode()


def send(plan: Plan) -> Outcome:
    """Carry out a plan in this process."""
    sender = _Sender(plan)
    sender.run()
    return sender.outcome


class _Sender:
    """One plan under way."""

    def __init__(self, plan: Plan) -> None:
        self.outcome = Outcome()
        self._plan = plan
        self._leads = enumerate(_of_kind(plan, plan.kind) if plan.kind else _requests(plan))
        self._idle = deque(_Line(plan.port) for _ in range(plan.connections))
        self._statuses = Counter[str]()

    def run(self) -> None:
        begun = time.monotonic()
        with selectors.DefaultSelector() as selector:
            for line in self._idle:
                selector.register(line.socket, selectors.EVENT_READ, line)
            while not (self._is_over(begun) and len(self._idle) == self._plan.connections):
                self._send_what_is_due(begun)
                for key, _ in selector.select(PAUSE if self._plan.rate else PATIENCE):
                    self._take_answer(key.data)
        self.outcome.seconds = time.monotonic() - begun
        self.outcome.statuses = dict(self._statuses)

    def _send_what_is_due(self, begun: float) -> None:
        while self._idle and not self._is_over(begun):
            due = now = time.monotonic()
            if self._plan.rate:
                due = begun + len(self.outcome.sent_at) / self._plan.rate
            if due > now:
                return
            # Making them ended before the time began; if they run out the run is none.
            number, request = next(self._leads)
            self.outcome.sent_at[f"{self._plan.prefix}{number}"] = due
            self._idle.popleft().send(request, due)

    def _take_answer(self, line: _Line) -> None:
        status = line.answer()
        if status is None:
            return
        self._statuses[status] += 1
        self.outcome.latencies.append(time.monotonic() - line.due)
        self._idle.append(line)

    def _is_over(self, begun: float) -> bool:
        plan = self._plan
        late = plan.seconds is not None and time.monotonic() - begun >= plan.seconds
        return late or (plan.count is not None and len(self.outcome.sent_at) >= plan.count)


def _requests(plan: Plan) -> Iterator[bytes]:
    number = 0
    while True:
        body = lead(f"{plan.prefix}{number}")
        yield _request(plan, plan.path or "", body, {"Content-Type": "application/json"})
        number += 1


def _of_kind(plan: Plan, kind: str) -> Iterator[bytes]:
    """Different ones for each plan, since what came before is only half the work."""
    from bench.every_kind import posted

    first = int(hashlib.sha256(plan.prefix.encode()).hexdigest()[:6], 16) * MOST_A_SECOND
    count = math.ceil(MOST_A_SECOND * (plan.seconds or 1.0))
    # All of them now: making one may take longer than keeping it.
    return iter(
        [
            _request(plan, plan.path or each.path, each.body, each.headers)
            for each in posted(count, kind, first=first)
        ]
    )


def _request(plan: Plan, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    given = dict(headers)
    if plan.path:
        given["X-Signature"] = hmac.new(plan.secret.encode(), body, hashlib.sha256).hexdigest()
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    # Some senders sign the address as they know it.
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{lines}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def lead(name: str) -> bytes:
    """A lead of about 1 kB, of a person and a company of their own, who asks for a demo."""
    return (_LEAD % {b"name": name.encode()}).ljust(1024)


_LEAD = (
    b'{"external_id": "%(name)s", "email": "priya@%(name)s.example", "name": "Priya Raman",'
    b' "phone": "+49 30 901820", "title": "Head of Procurement", "company": "Raman Freight",'
    b' "country": "DE", "zone": "Europe/Berlin", "form": "demo", "campaign": "spring-emea",'
    b' "consent": [{"topic": "newsletter", "text": "Keep me posted by e-mail about this topic."}],'
    b' "fields": {"team": 25, "budget": "10-25k", "when": "this quarter", "message": "We compare'
    b" three ways of moving our depots to one planning tool, and would like to see how yours deals"
    b' with drivers who are on the road all day.", "utm_source": "linkedin", "utm_medium": "cpc"}}'
)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


if __name__ == "__main__":
    print(json.dumps(asdict(send(Plan(**json.loads(sys.argv[1]))))))
