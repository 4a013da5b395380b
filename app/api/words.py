"""`notes` and `consents` of a person: what somebody of us wrote down, and what the person agreed to."""

from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field, StrictBool
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import drawn
from app.api.base import caller, instant, now, resource
from app.api.bodies import Body, Instant, Words, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import invalid
from app.api.prospects import of_person, person
from app.api.shapes.common import Listed
from app.api.shapes.record import Activity, ConsentStated
from app.permissions import Act
from prospects import consents, profiling, timeline
from prospects.consents import Consent
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.rows import ActivityRow, ConsentRow
from prospects.timeline import Fact

blueprint = resource("words")

Text = Annotated[Words, Field(max_length=10_000)]
Topic = Annotated[str, Field(pattern=r"^(\*|[a-z0-9][a-z0-9_-]{0,79})$")]


class NoteBody(Body):
    """A note."""

    text: Text


class ConsentBody(Body):
    """A statement about a topic; `*` is all mail, `profiling` being scored. Without `at` it was made now."""

    topic: Topic
    given: StrictBool
    text: Text | None = None
    at: Instant | None = None


@blueprint.get("/prospects/<prospect_id>/notes")
@lists(Listed[Activity])
def notes(prospect_id: str) -> ResponseReturnValue:
    """Notes, the newest first."""
    only = ActivityRow.kind == Kind.NOTE
    return of_person(prospect_id, ActivityRow, drawn.one_by_one(drawn.activity), only, act=Act.NOTE)


@blueprint.post("/prospects/<prospect_id>/notes")
@answers({201: Activity}, body=NoteBody)
def add_note(prospect_id: str) -> ResponseReturnValue:
    """Write a note."""
    note, key = read(NoteBody), str(new_id(now()))

    def work(session: Session) -> Answer:
        whose = ProspectId(person(session, prospect_id, Act.NOTE).id)
        body = {"text": note.text, "by": caller().who}
        fact = Fact(
            prospect_id=whose,
            kind=Kind.NOTE,
            happened_at=now(),
            source="api",
            key=f"note/{key}",
            body=body,
        )
        timeline.record(session, [fact], now())
        row = recorded(session, fact)
        return Answer(201, drawn.activity(row), about=whose)

    return carry_out(work)


@blueprint.get("/prospects/<prospect_id>/consents")
@lists(Listed[ConsentStated])
def agreed(prospect_id: str) -> ResponseReturnValue:
    """Every statement of this person, the newest first."""
    return of_person(prospect_id, ConsentRow, drawn.one_by_one(drawn.consent))


@blueprint.post("/prospects/<prospect_id>/consents")
@answers({201: ConsentStated}, body=ConsentBody)
def agree(prospect_id: str) -> ResponseReturnValue:
    """Write down what the person agreed to, or took back."""
    said, key = read(ConsentBody), f"api/{new_id(now())}"
    at = said.at or now()
    if at > now():
        raise invalid("at", "this lies ahead", "when it was said")

    def work(session: Session) -> Answer:
        whose = ProspectId(person(session, prospect_id, Act.RECORD).id)
        consent = Consent(
            prospect_id=whose,
            topic=said.topic,
            given=said.given,
            text=said.text,
            at=at,
            source="api",
            key=key,
        )
        consents.record(session, [consent], now())
        fact = Fact(
            prospect_id=whose,
            kind=kind_of(said),
            happened_at=at,
            source="api",
            key=key,
            body=profiling.body(given=said.given)
            if said.topic == profiling.TOPIC
            else {"topic": said.topic},
        )
        timeline.record(session, [fact], now())
        document = {"topic": said.topic, "given": said.given, "text": said.text}
        return Answer(201, {**document, "at": instant(at), "source": "api"}, about=whose)

    return carry_out(work)


def kind_of(said: ConsentBody) -> Kind:
    """What happened: who objects to being profiled wants mail as before."""
    wants = said.given or said.topic == profiling.TOPIC
    return Kind.CONSENT if wants else Kind.UNSUBSCRIBED


def recorded(session: Session, fact: Fact) -> ActivityRow:
    """The activity as it stands in the record, whether this fact or an earlier one made it."""
    query = select(ActivityRow).where(
        ActivityRow.prospect_id == fact.prospect_id, ActivityRow.key == fact.key
    )
    return session.execute(query).scalar_one()
