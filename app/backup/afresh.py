"""What becomes of a row that comes back from a backup: nothing of unknown fate goes out by itself.

The reasons are in docs/decisions/0015-after-a-restore.md. It happens row by row on the way into the
database, so that there is no instant at which a restored database could send.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.auth.ways_in import State as WayInState
from app.backup.shape import INSTANT
from nurture.sending import RESTORED, SendState
from nurture.switches import COPY, SWITCH
from prospects.ids import new_id
from prospects.message import State
from prospects.topics import Topic, queue_of
from routing.lives import HandoffState, NoticeState, OfferState
from webhooks.call_rows import CallState
from webhooks.conversion_rows import ConversionState

Written = dict[str, Any]
"""One row by column, in the written form of app/backup/shape.py."""

LOST = "it was being handed over when the backup was made"
KEPT = frozenset(
    {Topic.INGEST, Topic.REACT, Topic.HANDOFF, Topic.TRANSFER, Topic.PROMISE, Topic.ERASE}
    | {Topic.FOLD, Topic.JOIN, Topic.FETCH, Topic.ASK, Topic.ASK_CRM, Topic.RESEARCH}
    | {Topic.REASSESS, Topic.RELEASE, Topic.TRAIN, Topic.DRIFT}
    | {Topic.COPY, Topic.FEEDBACK, Topic.CERTIFICATE, Topic.IMPORT, Topic.MEANING}
)
"""Promises that say nothing to anybody outside."""
BURIED = frozenset({Topic.ANNOUNCE, Topic.CALL, Topic.REDRIVE})
"""Promises to tell programs: given up, until somebody says `warmline work replay`."""
DROPPED = frozenset(
    {Topic.MAIL, Topic.NOTICE, Topic.CONVERT, Topic.TELL_CRM, Topic.CHECK, Topic.WAY_IN}
)
"""Promises whose own rows say what a person may still do. A topic that is in no list is buried too."""


@dataclass(slots=True)
class Afresh:
    """Turns rows as they were into rows as they come back; keeps count and what must be promised."""

    made_at: datetime
    now: datetime
    held: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("mails", "calls"), 0))
    clocks: list[tuple[str, str]] = field(default_factory=list)
    """Handoffs whose clock goes on, and until when."""

    def turn(self, table: str, row: Written) -> Written | None:
        """The row as it comes back; None if it does not."""
        rule = _RULES.get(table)
        return rule(self, row) if rule else row

    def promises(self) -> list[Written]:
        """Messages that must come in with the rows: a look at each handoff when its clock has run."""
        return [self.promise(Topic.HANDOFF, ref, due) for ref, due in self.clocks]

    def promise(self, topic: Topic, ref: str, due: str | None = None) -> Written:
        """A message as a row."""
        return {
            "id": new_id(self.now).hex,
            "queue": str(queue_of(topic)),
            "topic": str(topic),
            "ref": ref,
            "state": str(State.WAITING),
            "due_at": due or self._at,
            "posted_at": self._at,
            "attempt": 0,
            "crashes": 0,
        }

    def switch(self) -> Written:
        """The switch that keeps mail to people from before the restore back, as a document."""
        return {
            "kind": SWITCH,
            "slug": COPY,
            "version": 0,
            "body": json.dumps({"on": True}),
            "owner": "browser",
            "applied_at": self._at,
            "applied_by": "warmline restore",
        }

    @property
    def _at(self) -> str:
        return self.now.strftime(INSTANT)

    def send(self, row: Written) -> Written:
        """What had not left, or waited to be let go, may have left since."""
        if row["state"] in (SendState.PLANNED, SendState.HELD):
            self.held["mails"] += 1
            return {**row, "state": str(SendState.HELD), "reason": RESTORED}
        if row["state"] == SendState.HANDING_OVER:
            unknown = {"state": str(SendState.UNKNOWN), "reason": LOST, "lease_until": None}
            return {**row, **unknown, "settled_at": self._at}
        return row

    def call(self, row: Written) -> Written:
        if row["state"] != CallState.WAITING:
            return row
        self.held["calls"] += 1
        dead = {"state": str(CallState.DEAD), "reason": RESTORED, "settled_at": self._at}
        return {**row, **dead, "due_at": None}

    def conversion(self, row: Written) -> Written:
        """A platform may have been told since, and not every one knows a step again after days."""
        if row["state"] != ConversionState.WAITING:
            return row
        withheld = {"state": str(ConversionState.WITHHELD), "reason": RESTORED}
        return {**row, **withheld, "leased_until": None, "settled_at": self._at}

    def notice(self, row: Written) -> Written:
        """A colleague may have been told; the page tells it too."""
        if row["state"] not in (NoticeState.WAITING, NoticeState.HANDING_OVER):
            return row
        return {**row, "state": str(NoticeState.UNKNOWN), "settled_at": self._at}

    def way_in(self, row: Written) -> Written:
        """Who did not get their link asks for another."""
        if row["state"] not in (WayInState.WAITING, WayInState.HANDING_OVER):
            return row
        return {**row, "state": str(WayInState.UNKNOWN), "settled_at": self._at}

    def message(self, row: Written) -> Written | None:
        if row["topic"] in DROPPED:
            return None
        if row["topic"] in KEPT:
            # Whoever held it is not here, so nobody need wait for the end of the lease.
            due_at = self._at if row["lease"] else row["due_at"]
            return {**row, "lease": None, "due_at": due_at}
        return {**row, "state": str(State.DEAD), "lease": None, "last_error": RESTORED}

    def offer(self, row: Written) -> Written:
        if row["state"] != OfferState.OPEN:
            return row
        return {**row, "expires_at": self._later(row["expires_at"])}

    def handoff(self, row: Written) -> Written:
        """Nobody could answer meanwhile: each clock goes on with what was left of it."""
        clock = _CLOCKS.get(row["state"])
        if clock is None or row[clock] is None:
            return row
        until = self._later(row[clock])
        self.clocks.append((f"{UUID(row['prospect_id'])}/{UUID(row['id'])}", until))
        return {**row, clock: until}

    def sign_in(self, row: Written) -> Written:
        """A session that was ended since must not live again."""
        return row if row["ended_at"] else {**row, "ended_at": self._at}

    def one_time_link(self, row: Written) -> Written:
        """Nor may a link that was used since work a second time."""
        return row if row["used_at"] else {**row, "expires_at": self._at}

    def setup_check(self, row: Written) -> Written | None:
        """A look that was not over is not taken up again; who wants it asks again."""
        return row if row["settled_at"] else None

    def sign_of_life(self, _row: Written) -> None:
        """Those processes are not ours."""

    def configuration(self, row: Written) -> Written | None:
        mine = row["kind"] == SWITCH and row["slug"] == COPY
        return None if mine else row

    def _later(self, written: str) -> str:
        gap = max(self.now - self.made_at, timedelta(0))
        return (datetime.strptime(written, INSTANT) + gap).strftime(INSTANT)  # noqa: DTZ007


# An offer that was put off wakes when the rep said, which is no clock of ours.
_CLOCKS: Mapping[str, str] = {
    HandoffState.OFFERED: "expires_at",
    HandoffState.ACCEPTED: "confirm_by",
}
_RULES: Mapping[str, Callable[[Afresh, Written], Written | None]] = {
    "send": Afresh.send,
    "call": Afresh.call,
    "conversion": Afresh.conversion,
    "notice": Afresh.notice,
    "way_in": Afresh.way_in,
    "message": Afresh.message,
    "offer": Afresh.offer,
    "handoff": Afresh.handoff,
    "sign_in": Afresh.sign_in,
    "one_time_link": Afresh.one_time_link,
    "configuration": Afresh.configuration,
    "setup_check": Afresh.setup_check,
    "sign_of_life": Afresh.sign_of_life,
}
REWRITTEN = frozenset(_RULES)
"""Tables whose rows are looked at one by one; all others come back as they were."""
