"""Says on the terminal where the site is, once it answers, and how one gets into a demo."""

import json
import sys
import threading
import time
import urllib.error
import urllib.request

import structlog

log = structlog.get_logger(__name__)

SITE_SECONDS = 30
DEMO_SECONDS = 600
FILLING = "The demo is being filled, which takes half a minute; its page shows how far it is."


def site(address: str, text: str, served: threading.Event) -> None:
    """Say `text` once the site answers, and set `served` then, or when it should have."""
    _tell(address, text)
    served.set()


def demo(address: str, text: str, served: threading.Event) -> None:
    """The same for a demo, whose workers begin once it is filled; then everybody's sign-in is said."""
    _tell(address, text)
    if not _is_filled(address):
        say(FILLING)
    started = time.monotonic()
    while not (filled := _is_filled(address)) and time.monotonic() < started + DEMO_SECONDS:
        time.sleep(0.2)
    served.set()
    if filled:
        from app.demo_state.sign_ins import in_words

        say(in_words(address))
    else:
        log.error("the demo is not filled; the reason is above", address=address)


def say(text: str) -> None:
    """A line for whoever started it."""
    print(text, file=sys.stdout, flush=True)


def _tell(address: str, text: str) -> None:
    started = time.monotonic()
    while not (answered := _answers(address)) and time.monotonic() < started + SITE_SECONDS:
        time.sleep(0.05)
    if answered:
        say(text.rstrip())
    else:
        log.error("the site does not answer", address=address)


def _answers(address: str) -> bool:
    # The listener accepts from the first moment; the answer is what shows that web is there.
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _is_filled(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:  # noqa: S310
            told = json.load(answer)
    except urllib.error.HTTPError as error:
        # It is not ready before the workers are, which wait for this.
        told = json.load(error)
    except (OSError, ValueError, urllib.error.URLError):
        return False
    return isinstance(told, dict) and told.get("demo") == "filled"
