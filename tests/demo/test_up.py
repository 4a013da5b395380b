"""`up --demo` as somebody starts it: a page that says how far it is comes first, then everybody can sign in."""

from pathlib import Path

import pytest
import requests

from tests.support.up import RunningUp, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_up_demo_shows_how_far_it_is_then_lets_everybody_in(tmp_path: Path) -> None:
    mail = {"WARMLINE_SMTP_URL": "smtp://127.0.0.1:9"}
    with RunningUp(tmp_path / "demo", "--demo", environment=mail) as up:
        address = up.address
        early = requests.get(address, timeout=10)
        assert early.status_code == 200
        assert "The demo is being filled" in early.text
        told = requests.get(f"{address}/readyz", timeout=10)
        assert (told.status_code, told.json()["demo"]) == (503, "being filled")
        asked = requests.post(f"{address}/webhooks/site", data=b"email=a", timeout=10)
        assert (asked.status_code, bool(asked.headers["Retry-After"])) == (503, True)
        wait_until(lambda: "rita@isotherm.example" in up.said, seconds=300, what="a filled demo")
        wait_until(up.is_ready, seconds=60, what="able to work")
        assert requests.get(f"{address}/readyz", timeout=10).json()["demo"] == "filled"
        for role in ("rep", "marketer", "manager", "account team", "desk", "administrator"):
            assert role in up.said
        sign_in(address, "rita@isotherm.example", up.said.rpartition("password: ")[2].strip())
        assert up.stop() == 0
    refused(tmp_path / "demo", "--demo`")


def sign_in(address: str, email: str, password: str) -> None:
    with requests.Session() as somebody:
        page = somebody.get(f"{address}/login", timeout=10).text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        fields = {"csrf_token": token, "email": email, "password": password}
        answer = somebody.post(f"{address}/login", data=fields, timeout=10)
        assert answer.url == f"{address}/today"
        assert "Theodora Wiechert" in answer.text
        assert "Tuesday 17 March 2026, 10:0" in answer.text


def refused(folder: Path, mend: str) -> None:
    """Without --demo a demo's folder is not taken for a workspace."""
    with RunningUp(folder) as up:
        assert up.process.wait(60) == 3
        assert mend in up.said


def test_the_demo_is_refused_where_a_workspace_is(tmp_path: Path) -> None:
    with RunningUp(tmp_path / "own") as up:
        assert up.address
        up.stop()
    with RunningUp(tmp_path / "own", "--demo") as up:
        assert up.process.wait(60) == 3
        assert "a workspace of its own" in up.said
        assert "--data DIR" in up.said
