"""How records are written to any CRM: a talk of requests and answers, at the end of which each has a fate of its own. Pure."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from webhooks.adapter import Reply
from webhooks.crms.dialect import Record, Wanted


@dataclass(frozen=True, slots=True)
class Written:
    """It stands there as `external_id`, a record of this kind."""

    kind: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The CRM will not have this one as it is; `reason` is its own word, `status` that of the answer."""

    reason: str
    status: int


@dataclass(frozen=True, slots=True)
class Later:
    """The same may be tried later: it has to wait for another, or the CRM is not well."""

    reason: str


@dataclass(frozen=True, slots=True)
class Together:
    """A call with this and others, `count` in all, was refused whole, and nobody said for which of them."""

    reason: str
    count: int


Fate = Written | Refused | Later | Together
Fates = dict[str, Fate]
"""What became of each record, by our id of it; who is missing was not come to."""
Talk = Generator[Wanted, Reply, None]
"""Asks one request after the other and is sent the answers; it is broken off where one can only be later."""


@dataclass(frozen=True, slots=True)
class Met:
    """One of our records with what the CRM calls it."""

    record: Record = field(repr=False)
    kind: str
    external_id: str


def refused_whole(
    records: Sequence[Record], complaint: str, status: int, *, common: bool
) -> Mapping[str, Fate]:
    """The fates of those whose call was refused; `common`: for a reason that holds for every one."""
    reason = complaint or f"status {status}"
    if common or len(records) == 1:
        return {each.id: Refused(reason, status) for each in records}
    return {each.id: Together(reason, len(records)) for each in records}


def rounds(met: Sequence[Met]) -> Iterator[list[Met]]:
    """The same in calls in each of which nothing is named twice, which a CRM would refuse."""
    left = list(met)
    while left:
        first = {(each.kind, each.external_id): each for each in reversed(left)}
        turn = [each for each in left if first[each.kind, each.external_id] is each]
        left = [each for each in left if first[each.kind, each.external_id] is not each]
        yield turn
