"""Asking the API by hand: any answer, problems in their shape, and somebody whom no rep has."""

from typing import Any

import requests

from tests.contract.office import Office
from tests.support.running import ADMIN


def problem(answer: requests.Response, status: int) -> dict[str, Any]:
    """What a refusal says, in the shape of RFC 9457."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert isinstance(told["title"], str)
    assert isinstance(told["type"], str)
    return told


def api(office: Office, method: str, path: str, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {ADMIN}", **options.pop("headers", {})}
    return requests.request(
        method, f"{office.url}/api/v1{path}", headers=headers, timeout=20, **options
    )


def anybody(office: Office) -> str:
    """Somebody whom no rep has; the same each time."""
    email = "anybody@nobodys.example"
    if office.find(email) is None:
        office.lead(email, form="guide")
    return str(office.person(email)["id"])
