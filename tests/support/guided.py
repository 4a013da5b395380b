"""`python -m tests.support.guided KIND RUNS [SECONDS]`: documents that reach new lines of a kind's readers, by atheris."""

import sys
from io import BytesIO
from random import Random

import atheris

# First, since what is imported before it is not watched.
with atheris.instrument_imports(include=["webhooks"]):
    from tests.webhooks.readers import of_kind

from webhooks.sources import SourceKind


class Led(Random):
    """Chance that is led: it falls as the given bytes say, and after them always the same way."""

    def seed(self, a: object = None, version: int = 2) -> None:
        """Begin with these bytes."""
        self._left = BytesIO(a if isinstance(a, bytes) else b"")

    def getrandbits(self, k: int, /) -> int:
        """The next so many bits."""
        return int.from_bytes(self._left.read((k + 7) // 8)) & ((1 << k) - 1)

    def random(self) -> float:
        """The next number from 0 to 1."""
        return self.getrandbits(16) / (1 << 16)


WAYS = of_kind(SourceKind(sys.argv[1]))


def begun(data: bytes) -> None:
    """The samples are where the search begins: what is found is how they are bent. Any error ends it."""
    led = Led(data)
    led.choice(WAYS)(led)


limits = [f"-runs={sys.argv[2]}", *(f"-max_total_time={each}" for each in sys.argv[3:4])]
atheris.Setup([sys.argv[0], *limits, "-max_len=400", "-rss_limit_mb=0"], begun)
atheris.Fuzz()
