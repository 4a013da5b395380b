"""What an enricher outside is: one file that asks a service about a company, and reads what it answers. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webhooks.adapter import Call, Reply, Trouble
from webhooks.destinations import Destination

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a service says of a company: its name (`employees`, `industry`, …) and value."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Lookup:
    """`ask` is the call about the company of a registrable domain; `read` what its answer tells.

    A company that the service does not know is an empty answer. Raises UnreadableError for what is no
    answer at all.
    """

    ask: Callable[[str, Destination], Call]
    read: Callable[[Reply, Destination], Sequence[Finding] | Trouble]
