"""How far a share of few may be from the truth: Wilson's interval."""

import math
from dataclasses import dataclass

Z = 1.96
"""95 in 100 such intervals hold the truth."""


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`, with the bounds between which the true share lies in 95 of 100 cases; all 0–1."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The share itself; 0 of nothing is 0."""
        return self.count / self.of if self.of else 0.0

    @property
    def low(self) -> float:
        return self._bounds()[0]

    @property
    def high(self) -> float:
        return self._bounds()[1]

    def _bounds(self) -> tuple[float, float]:
        return bounds(self.value, self.of)


def bounds(share: float, of: float) -> tuple[float, float]:
    """Between what a share of so many lies, 0–1; of nothing, anywhere. `of` need not be whole."""
    if not of:
        return 0.0, 1.0
    middle = share + Z * Z / (2 * of)
    reach = Z * math.sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    whole = 1 + Z * Z / of
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)
