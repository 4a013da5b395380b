"""What colleagues do in the demo: each act is a request to the API, as the colleague themself."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from app import tokens
from app.demo.cast import Buyer
from app.demo.director import Director
from app.door import reading
from prospects.kinds import Verdict
from prospects.member import Role
from prospects.rows import IdentityRow, ProspectRow
from prospects.team import MemberRow
from routing.finding_rows import ConfirmationRow
from routing.lives import HandoffState, OfferState
from routing.rows import HandoffRow, OfferRow
from routing.track_record import records


class OutOfTheStoryError(Exception):
    """The engine refused what the story wants; the story, or the engine, has changed."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer that waits for somebody: which, whose, since when, and what marketing claims."""

    prospect: UUID
    handoff: UUID
    n: int
    rep: str
    email: str
    name: str
    claimed: str | None
    offered_at: datetime


class Office:
    """Isotherm's people at their desks."""

    def __init__(self, director: Director, site: Flask) -> None:
        self._director = director
        self._client = site.test_client()
        self._tokens: dict[str, str] = {}
        self._looked: datetime | None = None
        self._seen: set[tuple[UUID, int]] = set()

    def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """One request as `who`; its document. Raises OutOfTheStoryError for a refusal."""
        answer = self._client.open(
            f"/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body),
            headers={
                "Authorization": f"Bearer {self._token(who)}",
                "Content-Type": "application/json",
            },
        )
        if answer.status_code >= 400:
            raise OutOfTheStoryError(f"{method} {path} as {who}: {answer.text}")
        return answer.get_json(silent=True)

    def act(self, who: str, handoff: UUID, act: str, **body: Any) -> Any:
        """One act of a rep on a lead of theirs."""
        return self.ask(who, "POST", f"/handoffs/{handoff}/{act}", body)

    def person(self, who: Buyer) -> ProspectRow:
        """The record's row of somebody."""
        with reading(self._director.database) as session:
            found = session.execute(
                select(ProspectRow)
                .join(IdentityRow, IdentityRow.prospect_id == ProspectRow.id)
                .where(IdentityRow.kind == "email", IdentityRow.key == who.email)
            ).scalar_one_or_none()
        if found is None:
            raise OutOfTheStoryError(f"nobody knows {who.email}")
        return found

    def fresh_offers(self) -> list[Offered]:
        """Offers nobody has looked at yet, the oldest first."""
        with reading(self._director.database) as session:
            rows = self._open_offers(session)
        fresh = [each for each in rows if (each.handoff, each.n) not in self._seen]
        self._seen.update((each.handoff, each.n) for each in fresh)
        self._looked = self._director.at
        return fresh

    def _open_offers(self, session: Session) -> list[Offered]:
        query = _offers().where(OfferRow.state == OfferState.OPEN)
        query = query.order_by(OfferRow.offered_at, OfferRow.handoff_id)
        if self._looked is not None:
            query = query.where(OfferRow.offered_at >= self._looked)
        return [_offered(*row) for row in session.execute(query)]

    def ordered(self, claimed: str) -> int:
        """How many of the last ten leads claimed to be there, and checked, have ordered."""
        with reading(self._director.database) as session:
            last = records(session, [claimed]).found[claimed][:10]
        return sum(each.state == HandoffState.WON for each in last)

    def checked(self, claimed: str, before: datetime) -> list[Offered]:
        """Leads that reps found to be where they were claimed, and that are still open; the newest first."""
        standing = and_(
            ConfirmationRow.prospect_id == HandoffRow.prospect_id,
            ConfirmationRow.handoff_id == HandoffRow.id,
            ConfirmationRow.superseded_at.is_(None),
        )
        query = (
            _offers()
            .join(ConfirmationRow, standing)
            .where(OfferRow.state == OfferState.ACCEPTED, HandoffRow.state == HandoffState.CHECKED)
            .where(HandoffRow.claimed_stage == claimed, ConfirmationRow.recorded_at < before)
            .where(ConfirmationRow.verdict == Verdict.CONFIRMED)
            .order_by(ConfirmationRow.recorded_at.desc())
        )
        with reading(self._director.database) as session:
            return [_offered(*row) for row in session.execute(query)]

    def leave(self) -> None:
        """Take back the tokens of the story."""
        now = self._director.at
        with reading(self._director.database) as session:
            rows = {who: tokens.row_of(session, token).id for who, token in self._tokens.items()}
        for token_id in rows.values():
            self._director.do(lambda to, each=token_id: tokens.revoke(to, each, now))  # type: ignore[misc]
        self._tokens.clear()

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            self._tokens[who] = self._director.do(lambda to: self._made(to, who))
        return self._tokens[who]

    def _made(self, session: Session, who: str) -> str:
        query = select(MemberRow.roles).where(MemberRow.email == who)
        role = Role(session.execute(query).scalar_one()[0])
        return tokens.create(session, role, "phone", who, self._director.at)


def _offers() -> Select[OfferRow, str | None, str, str | None, str | None]:
    """Each offer with its lead's claim, its rep, and the buyer's address and name."""
    return (
        select(
            OfferRow,
            HandoffRow.claimed_stage,
            MemberRow.email,
            ProspectRow.email,
            ProspectRow.name,
        )
        .join(
            HandoffRow,
            (HandoffRow.prospect_id == OfferRow.prospect_id)
            & (HandoffRow.id == OfferRow.handoff_id),
        )
        .join(MemberRow, MemberRow.id == OfferRow.rep_id)
        .join(ProspectRow, ProspectRow.id == OfferRow.prospect_id)
    )


def _offered(
    row: OfferRow, claimed: str | None, rep: str, email: str | None, name: str | None
) -> Offered:
    return Offered(
        prospect=row.prospect_id,
        handoff=row.handoff_id,
        n=row.n,
        rep=rep,
        email=email or "",
        name=name or "",
        claimed=claimed,
        offered_at=row.offered_at,
    )
