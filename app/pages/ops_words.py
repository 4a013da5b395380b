"""What the page of operations says: each state in words, with what it means and what to do."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.pages.ops_views import Fact, QueueBoard, Worker
from app.pages.views import Tone
from app.pages.words import several
from app.signs_of_life import Sign
from app.times import passed
from prospects.topics import Queue, Topic

TOPICS: Mapping[str, str] = {
    Topic.INGEST: "Read what arrived",
    Topic.REACT: "Look at people again",
    Topic.REASSESS: "Look at everybody by changed rules",
    Topic.TRAIN: "Train a model",
    Topic.DRIFT: "See whether the model still fits",
    Topic.RELEASE: "Let people over the warm line",
    Topic.HANDOFF: "Clocks of offers and findings",
    Topic.TRANSFER: "Clocks of hand-overs",
    Topic.PROMISE: "Days of promises",
    Topic.CONVERT: "Conversions for ad platforms",
    Topic.FOLD: "Fold old page views",
    Topic.JOIN: "Make two people one",
    Topic.ERASE: "Forget people",
    Topic.ANNOUNCE: "Get news ready for programs",
    Topic.FETCH: "Fetch leads from platforms",
    Topic.ASK_CRM: "Ask CRMs what has changed",
    Topic.RESEARCH: "Find out about companies",
    Topic.ASK: "Ask platforms for leads they never delivered",
    Topic.COPY: "Give copies of reps' mails to their leads",
    Topic.MEANING: "Give fields of the past their meaning",
    Topic.IMPORT: "Bring files in, or take them back",
    Topic.CERTIFICATE: "Fetch certificates of mail services",
    Topic.FEEDBACK: "Heed what mail services say",
    Topic.MAIL: "Hand mails over",
    Topic.NOTICE: "Tell colleagues",
    Topic.CALL: "Tell programs outside",
    Topic.TELL_CRM: "Write people to CRMs",
    Topic.REDRIVE: "Tell again what was given up",
    Topic.WAY_IN: "Mail colleagues their way in",
    Topic.CHECK: "Try parts of the set-up",
}
QUEUES = {
    Queue.INSIDE: "what needs only the database: reading, looking, routing",
    Queue.OUTSIDE: "what waits for others: platforms, mail, programs",
}
EVERYTHING = "all that is due"
BACKUP_GOOD_FOR = timedelta(days=2)
KEEPS_UP, LATE = 10, 60
"""Seconds for which work may be due: below the first all is well, from the second on nobody does it."""


def topic(name: str) -> str:
    """A kind of work as people call it."""
    return TOPICS.get(name, name)


def worker(sign: Sign, now: datetime, *, has_redis: bool) -> Worker:
    """One process as the page shows it."""
    state, tone, does = _doing(sign, now, has_redis=has_redis)
    before = None
    if sign.pid_before is not None and sign.seen_before is not None:
        before = (
            f"Took over {passed(sign.started_at, now)} ago from process {sign.pid_before}, "
            f"last heard {passed(sign.seen_before, now)} ago."
        )
    return Worker(
        part=sign.part,
        queue=sign.queue or EVERYTHING,
        host=sign.host,
        pid=sign.pid,
        state=state,
        tone=tone,
        does=does,
        started_at=sign.started_at,
        seen_at=sign.seen_at,
        before=before,
    )


def _doing(sign: Sign, now: datetime, *, has_redis: bool) -> tuple[str, Tone, str]:
    if sign.is_silent(now):
        does = "It has ended, or cannot reach the database. `up` starts another in its place within seconds; elsewhere start it again."
        return "silent", Tone.BAD, does
    done = f"{several(sign.taken, 'piece', 'pieces')} of work since it started"
    if sign.busy_since is not None:
        return "at work", Tone.GOOD, f"At work for {passed(sign.busy_since, now)}; {done}."
    if sign.queue is not None:
        return "ready", Tone.GOOD, f"Waits for the bell; {done}."
    if has_redis:
        does = f"Looks every second, and rings for what is due; by itself {done}."
        return "ready", Tone.GOOD, does
    return "ready", Tone.GOOD, f"Looks all the time, and does everything itself; {done}."


def late(oldest: datetime | None, now: datetime) -> tuple[Tone, str]:
    """How far a queue is behind."""
    if oldest is None:
        return Tone.GOOD, "Nothing is due."
    seconds = (now - oldest).total_seconds()
    waited = f"The oldest due work has waited {passed(oldest, now)}."
    if seconds < KEEPS_UP:
        return Tone.GOOD, f"Keeps up. {waited}"
    if seconds < LATE:
        return Tone.SOON, f"A little behind. {waited}"
    return Tone.BAD, f"Late. {waited} Look whether its workers are there, and what they say."


def redis(state: str) -> Fact:
    """`ok`, `away` or `absent`, and what that means."""
    match state:
        case "ok":
            means = "It only rings the bell: emptied or lost at any moment, no work is lost."
            return Fact(name="Redis", state="answers", tone=Tone.GOOD, means=means)
        case "absent":
            means = "The sweep does all the work, a little later; nothing is lost. For speed set REDIS_URL."
            return Fact(name="Redis", state="absent", tone=Tone.PLAIN, means=means)
        case _:
            means = "The sweep does the work meanwhile, a little later; nothing is lost. Start it again, or mend REDIS_URL."
            return Fact(name="Redis", state="does not answer", tone=Tone.SOON, means=means)


def tables(current: str | None, wanted: str | None) -> Fact:
    """Whether the tables are those of this version."""
    if current == wanted:
        means = "The tables are those of this version."
        return Fact(name="Tables", state=f"at {current}", tone=Tone.GOOD, means=means)
    means = f"This version needs {wanted}: run warmline db upgrade, or start the newer version."
    return Fact(name="Tables", state=f"at {current or 'nothing'}", tone=Tone.BAD, means=means)


def backup(at: datetime | None, now: datetime) -> Fact:
    """When everything was last backed up, and whether that is long ago."""
    how = "Run warmline backup FILE each night, and keep the file elsewhere."
    if at is None:
        return Fact(name="Last backup", state="never", tone=Tone.SOON, means=how)
    state = f"{passed(at, now)} ago"
    if now - at > BACKUP_GOOD_FOR:
        return Fact(name="Last backup", state=state, tone=Tone.SOON, means=how)
    return Fact(name="Last backup", state=state, tone=Tone.GOOD, means="Keep it elsewhere.")


def summary(
    workers: Sequence[Worker], queues: Sequence[QueueBoard], facts: Sequence[Fact], given_up: int
) -> tuple[Tone, str]:
    """The worst of it in one sentence."""
    behind = [each.queue for each in queues if each.tone is Tone.BAD]
    broken = [each.name for each in facts if each.tone is Tone.BAD]
    if behind:
        return Tone.BAD, f"Work is late: {' and '.join(behind)}."
    if broken:
        return Tone.BAD, f"Look below at: {', '.join(broken)}."
    if not any(each.tone is Tone.GOOD for each in workers):
        return Tone.BAD, "No process gives a sign of life. Start ./warmline up, or a sweep."
    if given_up:
        lost = several(given_up, "piece of work was", "pieces of work were")
        return Tone.SOON, f"{lost} given up. Look below."
    return Tone.GOOD, "All that is due gets done."


def size(count: int) -> str:
    """Bytes as people say them: `3.2 MB`."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def restored(at: datetime | None) -> Sequence[Fact]:
    """Whether this came out of a backup, and mail still waits for somebody's word."""
    if at is None:
        return ()
    means = (
        "Mail to people from before is held, for it may have left already. Look through the outbox,"
        " let go what did not leave, and then say above that they are mailed again."
    )
    return (Fact(name="Restored", state=f"{at:%Y-%m-%d %H:%M} UTC", tone=Tone.SOON, means=means),)
