"""A whole Warmline as a program outside knows it: the command line, webhooks, the API; nothing else."""

import hashlib
import hmac
import itertools
import json
import subprocess
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from tests.support.running import Running, until

KEY = "a-key-of-the-website"
SIGNING = "a-secret-that-signs"
MANAGER = "max@vendor.example"

_number = itertools.count(1)


def someone(start: str = "p", *, domain: str | None = None) -> str:
    """An address nobody has had before, at a company of its own unless `domain` says otherwise."""
    n = next(_number)
    return f"{start}{n}@{domain or f'firm-{start}{n}.example'}"


def instant(text: object) -> datetime:
    """An instant as the contract writes it: RFC 3339, UTC, with Z."""
    assert isinstance(text, str)
    assert text.endswith("Z"), text
    return datetime.fromisoformat(text).astimezone(UTC)


def soon(seconds: float = 0) -> str:
    """The present, or so many seconds later, as a program would write it."""
    at = datetime.fromtimestamp(time.time() + seconds, UTC)
    return at.isoformat().replace("+00:00", "Z")


class Office(Running):
    """One running instance with a workspace, spoken to from outside alone."""

    def __init__(self, folder: Path, **environment: str) -> None:
        super().__init__(folder, **environment)
        self.workspace = folder / "workspace"
        self._tokens: dict[str, str] = {}
        self._posted: deque[str] = deque(maxlen=10)
        self.secrets = {"SITE_KEY": KEY, "SIGNING": SIGNING}

    def write(self, files: dict[str, str]) -> None:
        """Put files into the workspace folder."""
        for name, text in files.items():
            path = self.workspace / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def apply(self, *options: str) -> str:
        return self.run("apply", str(self.workspace), *options, **self.secrets)

    def attempt(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One command, however it ends."""
        return subprocess.run(
            self._command(*arguments),
            env={**self.environment, **self.secrets, **environment},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def prepare_tokens(self, *people: str) -> None:
        """Tokens of these reps, made side by side because each is a process."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self.rep, people))

    def rep(self, email: str, role: str = "rep") -> str:
        """A token that acts as this colleague."""
        if email not in self._tokens:
            made = self.run("token", "create", "--role", role, "--name", "test", "--person", email)
            self._tokens[email] = made.split()[-1]
        return self._tokens[email]

    def token(self, role: str) -> str:
        """A token of a role that acts as nobody."""
        if role not in self._tokens:
            made = self.run("token", "create", "--role", role, "--name", "test")
            self._tokens[role] = made.split()[-1]
        return self._tokens[role]

    def send(self, document: Any, *, source: str = "site", **headers: str) -> requests.Response:
        """Post what the website posts."""
        return self.post(
            source,
            json.dumps(document).encode(),
            {"X-Token": KEY, "Content-Type": "application/json", **headers},
        )

    def lead(self, email: str, form: str = "demo", **more: Any) -> str:
        """A lead comes in by the website; its delivery's id."""
        return self.lead_of({"email": email, "form": form, **more})

    def act(self, email: str, kind: str, **more: Any) -> str:
        """Somebody does something on the website."""
        return self.lead_of({"email": email, "activity": kind, **more})

    def lead_of(self, document: Any) -> str:
        """Post it and expect it to be kept; the delivery's id."""
        answer = self.send(document)
        assert answer.status_code == 200, answer.text
        self._posted.append(str(answer.json()["delivery"]))
        return self._posted[-1]

    def items(self, path: str, *, token: str | None = None) -> list[Any]:
        """The first page of a list."""
        found = self.call("GET", path, **({"token": token} if token else {}))
        assert set(found) == {"items", "next"}
        return list(found["items"])

    def delivery(self, delivery_id: str) -> Any:
        """A delivery once it was read."""

        def read() -> Any:
            found = self.call("GET", f"/deliveries/{delivery_id}")
            return found if found["state"] != "received" else None

        return until(read, what=f"delivery {delivery_id}")

    def find(self, email: str) -> Any:
        """The person with this address, or None."""
        found = self.items(f"/prospects?email={requests.utils.quote(email)}")
        return found[0] if found else None

    def person(self, email: str, **wanted: Any) -> Any:
        """The person with this address, once they are as wanted and everything known was looked at."""

        def there() -> Any:
            found = self.find(email)
            if found is None or any(found[name] != value for name, value in wanted.items()):
                return None
            return found if found["stage"]["at"] else None

        return until(there, what=f"{email} {wanted}")

    def settled(self, email: str) -> Any:
        """The person, once all that was posted was read, and the newest of it looked at.

        A look that changes no belief leaves no trace; after a second of quiet there was one.
        """
        while self._posted:
            self.delivery(self._posted.pop())

        def looked() -> Any:
            found = self.person(email)
            learned = max(
                instant(each["learned_at"])
                for each in self.timeline(found["id"])
                if each["source"] not in ("routing", "nurture")
            )
            quiet = datetime.now(UTC) - learned > timedelta(seconds=1)
            return found if quiet or instant(found["stage"]["at"]) >= learned else None

        return until(looked, what=f"a look at {email}")

    def timeline(self, prospect: str) -> list[Any]:
        """What happened to somebody, the newest first."""
        return self.items(f"/prospects/{prospect}/timeline?limit=200")

    def kinds(self, prospect: str) -> list[str]:
        """The kinds of what happened, the oldest first."""
        return [each["kind"] for each in reversed(self.timeline(prospect))]

    def handoffs(self, prospect: str, state: str | None = None) -> list[Any]:
        """Somebody's handoffs."""
        narrowed = f"&state={state}" if state else ""
        return self.items(f"/handoffs?prospect={prospect}{narrowed}")

    def offered(self, email: str, **more: Any) -> Any:
        """A new person asks for a demo and is offered to somebody; the handoff."""
        self.lead(email, **more)
        return self.offer(email)

    def offer(self, email: str) -> Any:
        """The handoff of a person once it is offered."""
        found = self.person(email, lifecycle="offered")
        (handoff,) = self.handoffs(found["id"], "offered")
        return handoff

    def accepted(self, email: str, rep: str, **more: Any) -> Any:
        """A new person asks for a demo and `rep` takes them; the handoff."""
        handoff = self.offered(email, **more)
        path = f"/handoffs/{handoff['id']}/acceptance"
        return self.call("POST", path, token=self.rep(rep), json={}, expect=201)

    def confirm(self, handoff: str, rep: str, expect: int = 201, **finding: Any) -> Any:
        """What `rep` answers about a handoff."""
        path = f"/handoffs/{handoff}/confirmation"
        return self.call("POST", path, token=self.rep(rep), json=finding, expect=expect)

    def sends(self, prospect: str) -> list[Any]:
        """Mails to somebody, the oldest first."""
        return list(reversed(self.items(f"/sends?prospect={prospect}&limit=200")))

    def enrollment(self, email: str, flow: str) -> Any:
        """Somebody's newest enrollment in a flow, or None."""
        found = [each for each in self.person(email)["enrollments"] if each["flow"] == flow]
        return max(found, key=lambda each: each["entered_at"], default=None)

    def left(self, email: str, flow: str, seconds: float = 20) -> Any:
        """Somebody's enrollment in a flow once it is over."""

        def over() -> Any:
            found = self.enrollment(email, flow)
            return found if found and found["left_at"] else None

        return until(over, seconds, what=f"the end of {flow} for {email}")


def finding(verdict: str = "confirmed", **more: Any) -> dict[str, Any]:
    """A whole answer of a rep."""
    return {
        "verdict": verdict,
        "spoke_with": "Mia Wolf",
        "channel": "call",
        "at": soon(),
        "fact": "The budget is there",
        **more,
    }


def signature(body: bytes, secret: str = SIGNING) -> str:
    """The hex HMAC-SHA256 of a body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
