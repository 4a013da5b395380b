"""The closed vocabulary of a transfer, and its name: a won customer on its way to the account team. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from prospects.ids import ProspectId, parse_ref


class TransferState(StrEnum):
    """proposed ⇄ asked → accepted; dropped when the person it is about was forgotten.

    The account manager may ask, and ask again; the rep's answer proposes it anew. When whoever
    accepted it no longer works here, it is proposed to the next.
    """

    PROPOSED = "proposed"
    ASKED = "asked"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


WAITING = frozenset({TransferState.PROPOSED, TransferState.ASKED})
"""Transfers that wait for somebody."""
SOMEBODYS = WAITING | {TransferState.ACCEPTED}
"""Transfers of customers who are somebody's to take, or to look after."""


@dataclass(frozen=True, slots=True)
class TransferRef:
    """Names one transfer; its key starts with the person, as everything about a person does."""

    prospect_id: ProspectId
    transfer_id: UUID

    def __str__(self) -> str:
        return f"{self.prospect_id}/{self.transfer_id}"


def read_ref(written: str) -> TransferRef | None:
    """The transfer that `prospect id/transfer id` names, or None for anything else."""
    key = parse_ref(written)
    return TransferRef(ProspectId(key[0]), key[1]) if key else None
