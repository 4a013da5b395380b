"""What the cases of `negative_cases.json` are told by: each its own check, and what several of them ask."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from tests.support.senders import Sent
from tests.webhooks.support import PAYLOADS, payload, sample
from tests.webhooks.world import World

CASES: dict[str, dict[str, str]] = {
    each["id"]: each for each in json.loads((PAYLOADS / "negative_cases.json").read_text())
}
INES = "ines.okafor@northfield-logistics.example"
Check = Callable[[World], None]
CHECKS: dict[str, Check] = {}


def case(name: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return keep


def base(name: str) -> dict[str, Any]:
    return sample(CASES[name]["base"])


def document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(payload(CASES[name]["base"]))
    return found


def posted(world: World, request: Sent) -> Any:
    return world.deliver(request.path, request.body, request.headers)


def refused(world: World, name: str, body: bytes | None = None, **headers: str | None) -> None:
    before = len(world.deliveries())
    assert world.send(base(name), body, **headers).status_code == 401
    assert len(world.deliveries()) == before


def mac(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def standing(world: World, email: str) -> tuple[str | None, float]:
    """Somebody's stage and points."""
    (who,) = [each for each in world.people() if each.email == email]
    return who.stage, who.points
