"""`switches`: Go live and Stop all mail, for programs."""

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.api.base import caller, database, now, require, resource
from app.api.bodies import NothingBody, read
from app.api.described import answers
from app.api.idempotency import Answer, carry_out
from app.api.shapes.rooms import MailResumed, MailStopped, Switches, WentLive
from app.door import reading
from app.permissions import Act
from nurture import switches
from nurture.switches import Switch

blueprint = resource("switches")


@blueprint.get("/switches")
@answers(Switches)
def shown() -> ResponseReturnValue:
    """Which switches are on."""
    require(Act.SEE_MAILS)
    with reading(database()) as session:
        on = switches.switched_on(session)
    return {switch.value: switch in on for switch in Switch}


@blueprint.post("/switches/live")
@answers(WentLive, body=NothingBody)
def go_live() -> ResponseReturnValue:
    """Mail everybody from now on."""
    require(Act.GO_LIVE)
    read(NothingBody)
    at, who = now(), caller().who

    def work(session: Session) -> Answer:
        return Answer(200, {"live": True, "freed": switches.go_live(session, at, by=who)})

    return carry_out(work)


@blueprint.post("/switches/mail_stopped")
@answers(MailStopped, body=NothingBody)
def stop() -> ResponseReturnValue:
    """Hand no mail over any more."""
    require(Act.STOP_MAIL)
    read(NothingBody)
    at, who = now(), caller().who

    def work(session: Session) -> Answer:
        switches.stop_all_mail(session, at, by=who)
        return Answer(200, {"mail_stopped": True})

    return carry_out(work)


@blueprint.delete("/switches/mail_stopped")
@answers(MailResumed)
def resume() -> ResponseReturnValue:
    """Take the stop back; whoever may stop mail may not for that reason let it out."""
    require(Act.GO_LIVE)
    at, who = now(), caller().who

    def work(session: Session) -> Answer:
        freed = switches.resume_mail(session, at, by=who)
        return Answer(200, {"mail_stopped": False, "freed": freed})

    return carry_out(work)
