"""The topic `mail`: prepares one send, renders and hands it over, and settles it by the answer."""

import atexit
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from queue import LifoQueue

from sqlalchemy.orm import Session

from app.jobs.errand import Done, Errand, PutOff, Settled
from app.letters import Content, Headers, pack
from app.mail import Outbox, SmtpServer, Transport
from app.mail_services import marks_of
from app.settings import Settings
from nurture import sends, settling
from nurture.clicks import led_by_us
from nurture.headers import HeaderError
from nurture.opens import with_dot
from nurture.render import Rendered, Renderer, RenderError
from nurture.sending import Answer, AskAgain, Letter, Letterhead, Refused, SendRef, Unmade
from prospects import consents
from prospects.bounces import Bounce, judge
from prospects.ids import ProspectId, SendId, parse_ref

RENDERERS = 4
"""Rendering children of one worker: a hungry template then delays at most every fourth mail."""
USUAL_BASE = "http://127.0.0.1:8080"
USUAL_FROM = "Warmline <warmline@localhost.localdomain>"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one letter, and as what it was written."""

    answer: Answer
    made: Rendered | None = None


def prepare(
    session: Session, ref: str, now: datetime, settings: Settings
) -> Letter | AskAgain | None:
    """The last look, and the letter: its send is in `handing_over` once this is committed."""
    key = parse_ref(ref)
    if key is None:
        return None
    named = SendRef(ProspectId(key[0]), SendId(key[1]))
    return sends.hand_over(session, named, now, letterhead(settings))


def act(call: Letter | AskAgain, settings: Settings) -> Result | None:
    """Fill the letter and hand it over; every failure is an answer."""
    if isinstance(call, AskAgain):
        return None
    try:
        with a_renderer() as renderer:
            made = renderer.render(call.template, call.values)
    except RenderError as error:
        return Result(Unmade(str(error)))
    head = letterhead(settings)
    html = led_by_us(made.html, call.ref, secret=head.secret, base_url=head.base_url)
    if call.with_dot:
        html = with_dot(html, call.ref, secret=head.secret, base_url=head.base_url)
    made = replace(made, html=html)
    content = Content(subject=made.subject, text=made.text, html=made.html)
    headers = Headers(
        sender=call.sender,
        recipient=call.address,
        message_id=call.message_id,
        at=call.at,
        reply_to=call.reply_to,
        unsubscribe_url=call.unsubscribe_url,
        return_to=call.return_to,
        marks=marks_of(settings.smtp_url, call.ref.name),
    )
    return Result(hand_over(content, headers, settings), made)


def settle(
    session: Session,
    call: Letter | AskAgain,
    result: Result | None,
    now: datetime,
    settings: Settings,
) -> Settled:
    """Write the answer down, or look again later."""
    if isinstance(call, AskAgain) or result is None:
        return PutOff("another worker has it", call.after if isinstance(call, AskAgain) else None)
    again = settling.settle(session, call, result.made, result.answer, now)
    if isinstance(result.answer, Refused) and _nobody_there(call.address, result.answer.reason):
        digest = consents.address_digest(settings.secret_key, call.address)
        consents.suppress(session, [digest], now, reason="bounced")
    return Done() if again is None else PutOff("the mail server asked to wait", again)


def _nobody_there(address: str, said: str) -> bool:
    """Whether a server that would not take the mail said that this very mailbox does not exist.

    What it says of us, such as of a host it does not know, must not bar anybody.
    """
    of_them = address.lower() in said.lower() or "5.1.1" in said
    return of_them and judge(said, otherwise=None) is Bounce.HARD


def letterhead(settings: Settings) -> Letterhead:
    """What every letter of this installation carries."""
    return Letterhead(
        secret=settings.secret_key,
        base_url=settings.base_url or USUAL_BASE,
        mail_from=settings.mail_from or USUAL_FROM,
        return_domain=settings.return_domain,
    )


def hand_over(content: Content, headers: Headers, settings: Settings) -> Answer:
    """A mail to anybody, packed and given to the way out; every failure is an answer."""
    try:
        parcel = pack(content, headers)
    except HeaderError as error:
        return Unmade(str(error))
    return transport(settings.smtp_url).hand_over(parcel)


@cache
def transport(smtp_url: str | None) -> Transport:
    """The way out of this process: one server with its kept connections, or the outbox."""
    return SmtpServer(smtp_url) if smtp_url else Outbox()


@contextlib.contextmanager
def a_renderer() -> Iterator[Renderer]:
    """One of this process's rendering children, to be had by one thread at a time."""
    idle = _renderers()
    renderer = idle.get()
    try:
        yield renderer
    finally:
        idle.put(renderer)


@cache
def _renderers() -> LifoQueue[Renderer]:
    idle: LifoQueue[Renderer] = LifoQueue()
    for _ in range(RENDERERS):
        renderer = Renderer()
        atexit.register(renderer.close)
        idle.put(renderer)
    return idle


ERRAND = Errand(prepare=prepare, act=act, settle=settle)
