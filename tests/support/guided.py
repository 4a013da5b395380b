"""`python -m tests.support.guided KIND RUNS`: bodies that reach new lines of a kind's reader, by atheris."""

import contextlib
import sys

import atheris

# First, since what is imported before it is not watched.
with atheris.instrument_imports(include=["webhooks"]):
    from tests.support.senders import PATH_TOKEN, SENDERS
    from webhooks.kinds.registry import ADAPTERS

from prospects.reading import UnreadableError
from tests.webhooks.support import payload
from tests.webhooks.world import NOW
from webhooks.adapter import Incoming, Posted, Refused, Verified
from webhooks.sources import SourceKind
from webhooks.written import read_source

KIND = SourceKind(sys.argv[1])
SENDER = SENDERS[KIND]
SOURCE = read_source({"slug": str(KIND), "kind": str(KIND), **SENDER.entry})


def look(body: bytes) -> None:
    """Any other error than that it cannot be read ends the run."""
    judged = ADAPTERS[KIND].verify(Incoming("POST", {}, {}, body, PATH_TOKEN), SOURCE, NOW)
    assert isinstance(judged, Verified | Refused)
    with contextlib.suppress(UnreadableError):
        ADAPTERS[KIND].parse(Posted(body, NOW), SOURCE)


def begun(data: bytes) -> None:
    """The samples are where the search begins: what it changes of them is what it is given."""
    sample = payload(SENDER.samples[len(data) % len(SENDER.samples)])
    at = int.from_bytes(data[:2], "big") % len(sample)
    look(sample[:at] + data[2:] + sample[at + len(data) :])
    look(data)


atheris.Setup([sys.argv[0], f"-runs={sys.argv[2]}", "-rss_limit_mb=0"], begun)
atheris.Fuzz()
