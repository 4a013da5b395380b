"""What buyers and colleagues of the story do beyond forms and the API: click, be taken, be known."""

from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.cast import Buyer
from app.demo.office import Offered, Office, OutOfTheStoryError
from app.demo.story import Story, at_work
from app.door import reading
from nurture.clicks import PATH, click_of
from nurture.rows import SendRow
from prospects import stakes, team
from prospects.ids import HandoffId, ProspectId, new_id
from prospects.member import Member
from prospects.stakes import Stake, Stance
from routing import transfer_acts, write_ups
from routing.transfer_life import TransferRef
from routing.transfer_rows import TransferRow
from routing.write_up_acts import write
from routing.write_up_life import WriteUpRef, Written
from routing.write_ups import Wanted

SEEN = 40
"""Mails of one person that are looked through for a link."""


class Hands:
    """Acts that are no request to the API."""

    def __init__(self, story: Story, office: Office, site: Flask) -> None:
        self._story = story
        self._office = office
        self._client = site.test_client()
        self._secret = site.extensions["settings"].secret_key

    def click(self, who: Buyer, part: str) -> bool:
        """Follow a link of a mail that was sent to `who`, as its reader does; False if none has it."""
        token = self._token(who, part)
        return token is not None and self._client.get(f"{PATH}{token}").status_code == 302

    def say_who(self, who: Buyer, stake: Stake, stance: Stance, *, by: str) -> None:
        """A rep says what somebody is in the purchase."""
        person, now = ProspectId(self._office.person(who).id), self._story.now

        def work(session: Session) -> None:
            stakes.say(session, person, stake, stance, by=self._member(session, by).id, now=now)

        self._story.director.do(work)

    def take_customers(self, by: str, *, but: UUID | None = None) -> None:
        """The account team takes whom it was given more than a day ago."""
        now = self._story.now
        with reading(self._story.director.database) as session:
            waiting = session.execute(
                select(TransferRow.prospect_id, TransferRow.id)
                .where(TransferRow.accepted_at.is_(None), TransferRow.member_id.is_not(None))
                .where(TransferRow.made_at < now - timedelta(hours=20))
                .order_by(TransferRow.made_at)
            ).all()
        for prospect_id, transfer_id in waiting:
            ref = TransferRef(ProspectId(prospect_id), transfer_id)
            if prospect_id != but:
                self._story.director.do(
                    lambda session, ref=ref: transfer_acts.accept(  # type: ignore[misc]
                        session, ref, self._member(session, by), now
                    )
                )

    def every_morning(self, by: str) -> None:
        """Look for customers to take on each working day of the story."""
        self.take_customers(by)
        tomorrow = at_work(self._story.now + timedelta(days=1))
        self._story.at(tomorrow, lambda: self.every_morning(by))

    def ask_desk(self, offer: Offered, what: str) -> WriteUpRef:
        """The rep of a lead asks the desk for what is missing on its brief."""
        now = self._story.now
        who, once = ProspectId(offer.prospect), new_id(now)
        wanted = Wanted(
            prospect_id=who,
            handoff_id=HandoffId(offer.handoff),
            what=what,
            once=once,
            batch=once,
        )
        self._story.director.do(
            lambda session: write_ups.ask(session, wanted, self._member(session, offer.rep), now)
        )
        return WriteUpRef(who, once)

    def write_up(self, ref: WriteUpRef, written: Written, *, by: str) -> None:
        """Somebody of the desk takes it, and writes it."""
        now = self._story.now

        def work(session: Session) -> None:
            actor = self._member(session, by)
            write_ups.take(session, ref, actor, now)
            write(session, ref, actor, written, today=now.date(), now=now)

        self._story.director.do(work)

    def _member(self, session: Session, email: str) -> Member:
        found = team.by_email(session, email)
        if found is None:
            raise OutOfTheStoryError(f"nobody here is {email}")
        return found

    def _token(self, who: Buyer, part: str) -> str | None:
        person = self._office.person(who).id
        with reading(self._story.director.database) as session:
            mails = session.execute(
                select(SendRow.html)
                .where(SendRow.prospect_id == person, SendRow.html.is_not(None))
                .order_by(SendRow.id.desc())
                .limit(SEEN)
            ).scalars()
            tokens = [
                piece.partition('"')[0] for html in mails for piece in (html or "").split(PATH)[1:]
            ]
        for token in tokens:
            found = click_of(self._secret, token)
            if found is not None and part in found.url:
                return token
        return None
