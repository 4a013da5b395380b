"""By what platforms may know people: address, phone, lead ids and click ids, as the record has them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import configuration, consents, groups, statements
from prospects.identities import normalise_phone
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.rows import ActivityRow, ConsentRow, ProspectRow
from webhooks.destinations import Destination
from webhooks.platforms.conversion import Known
from webhooks.platforms.linkedin import LEAD_ID as LINKEDIN_LEAD
from webhooks.platforms.meta import LEAD_ID as META_LEAD
from webhooks.platforms.tiktok import LEAD_ID as TIKTOK_LEAD
from webhooks.touch import CLICK_IDS
from webhooks.written_out import source_kinds

LEAD_OF = {
    "meta_lead_ads": META_LEAD,
    "linkedin_lead_gen": LINKEDIN_LEAD,
    "tiktok_lead": TIKTOK_LEAD,
}
"""Under which name the lead id of a source's kind is known."""
CAME_BY = (Kind.FORM, Kind.AD_CLICK, Kind.IDENTIFIED)
"""Acts that say how somebody came. Page views carry the same, and are too many to look through."""
HOLDERS = ("first_touch", "fields", "hidden", "ad", "touch", "last_touch")
"""Where click ids stand in an act's body, beside the body itself; the last counts most."""
MARKS = {"_fbc": "fbc", "fbc": "fbc", "_fbp": "fbp"}
"""What Meta's own script left in a browser, and what its API calls it."""
Acts = dict[UUID, list[ActivityRow]]
Words = dict[UUID, dict[str, list[tuple[datetime, bool]]]]
"""What each person said of each topic, in order of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What there is of one person. `came_by` are sources with their kinds, `people` the ids of all
    they are one with, theirs among them; `agreed` says of each topic
    whether any of those they are one with said yes, and none no since; `found` what the rep found last
    in each handoff.
    """

    known: Known = field(repr=False)
    came_by: Mapping[str, str]
    people: frozenset[UUID]
    agreed: Mapping[str, bool]
    found: Mapping[str, str] = field(default_factory=dict)
    erased: bool = False

    def agrees(self, topic: str) -> bool:
        """Whether they agreed to this topic, and took neither it nor everything back since."""
        return self.agreed.get(topic, False) and self.agreed.get(consents.EVERYTHING, True)

    def concerns(self, destination: Destination) -> bool:
        """Whether this platform has to do with them: they came by it, or by a source it is told of."""
        return any(is_theirs(destination, source, kind) for source, kind in self.came_by.items())


def is_theirs(destination: Destination, source: str, kind: str) -> bool:
    """Whether who came by this source is a platform's to know of."""
    if destination.sources:
        return source in destination.sources
    return kind in source_kinds(destination.kind)


def of(session: Session, people: Collection[ProspectId]) -> dict[ProspectId, Signs]:
    """The signs of each of these people; of who was merged, those of all they are."""
    absorbers = groups.heads(session, people)
    members = groups.members(session, {absorbers.get(who, who) for who in people})
    rows = session.execute(select(ProspectRow).where(ProspectRow.id.in_(members))).scalars()
    group: dict[UUID, list[ProspectRow]] = {}
    for row in rows:
        group.setdefault(members[row.id], []).append(row)
    acts, kinds = _acts(session, members), _kinds(session)
    agreed = _agreed(session, group)
    return {
        who: _of_one(group.get(head, []), acts, agreed.get(head, {}), kinds)
        for who, head in ((who, absorbers.get(who, who)) for who in people)
    }


def _of_one(
    rows: Sequence[ProspectRow], acts: Acts, agreed: Mapping[str, bool], kinds: Mapping[str, str]
) -> Signs:
    every = [act for row in rows for act in acts.get(row.id, [])]
    theirs = [act for act in every if act.kind in CAME_BY]
    theirs.sort(key=lambda act: act.happened_at)
    sources = frozenset(act.source for act in theirs)
    return Signs(
        known=_known(next((row for row in rows if row.absorbed_by is None), None), theirs, kinds),
        came_by={each: kinds.get(each, "") for each in sources},
        people=frozenset(row.id for row in rows),
        agreed=agreed,
        found=_found(every),
        erased=not rows or any(row.erased_at is not None for row in rows),
    )


def _found(acts: Sequence[ActivityRow]) -> dict[str, str]:
    """A correction is learned later than what it corrects, whenever the rep spoke with the buyer."""
    verdicts = sorted((act for act in acts if act.kind == Kind.VERDICT), key=lambda act: act.id)
    return {str(act.body.get("handoff")): str(act.body.get("verdict")) for act in verdicts}


def _acts(session: Session, people: Collection[UUID]) -> Acts:
    rows = session.execute(
        select(ActivityRow)
        .where(ActivityRow.prospect_id.in_(people), ActivityRow.kind.in_((*CAME_BY, Kind.VERDICT)))
        .order_by(ActivityRow.happened_at, ActivityRow.id)
    ).scalars()
    found: Acts = {}
    for row in rows:
        found.setdefault(row.prospect_id, []).append(row)
    return found


def _agreed(
    session: Session, group: Mapping[UUID, Sequence[ProspectRow]]
) -> dict[UUID, dict[str, bool]]:
    """By who stands for them: of each topic whether they agree to it, as mails have it."""
    joined = statements.joined_at(
        session, {ProspectId(head): () for head, rows in group.items() if len(rows) > 1}
    )
    said = _said(session, [row.id for rows in group.values() for row in rows])
    found: dict[UUID, dict[str, bool]] = {}
    for head, rows in group.items():
        theirs = {ProspectId(row.id): said.get(row.id, {}) for row in rows}
        for topic in {topic for words in theirs.values() for topic in words}:
            on_it = {who: words[topic] for who, words in theirs.items() if topic in words}
            yes = any(given for each in on_it.values() for _, given in each)
            refused = statements.refused(on_it, joined.get(ProspectId(head)))
            found.setdefault(head, {})[topic] = yes and not refused
    return found


def _said(session: Session, people: Collection[UUID]) -> Words:
    rows = session.execute(
        select(ConsentRow)
        .where(ConsentRow.prospect_id.in_(people))
        .order_by(ConsentRow.at, ConsentRow.given.desc())
    ).scalars()
    found: Words = {}
    for row in rows:
        found.setdefault(row.prospect_id, {}).setdefault(row.topic, []).append((row.at, row.given))
    return found


def _kinds(session: Session) -> dict[str, str]:
    """The kind of each source."""
    documents = configuration.read(session, "source")
    return {slug: str(each.body.get("kind", "")) for slug, each in documents.items()}


def _known(
    person: ProspectRow | None, acts: Sequence[ActivityRow], kinds: Mapping[str, str]
) -> Known:
    ids: dict[str, str] = {}
    for act in acts:
        # The last click or lead counts.
        ids |= dict(_ids(act, kinds.get(act.source, "")))
    if person is None:
        return Known(ids=ids)
    phone = normalise_phone(person.phone, person.country) if person.phone else None
    return Known(email=person.email, phone=phone, ids=ids)


def _ids(act: ActivityRow, kind: str) -> Iterator[tuple[str, str]]:
    inner = [act.body.get(name) for name in HOLDERS]
    for holder in (act.body, *(each for each in inner if isinstance(each, Mapping))):
        named = {name: value for name, value in holder.items() if isinstance(value, str) and value}
        yield from ((name, value) for name, value in named.items() if name in CLICK_IDS)
        if "fbclid" in named:
            # As Meta's own script writes what a click left behind.
            at = int(act.happened_at.timestamp() * 1000)
            yield "fbc", f"fb.1.{at}.{named['fbclid']}"
        yield from ((MARKS[name], value) for name, value in named.items() if name in MARKS)
    if isinstance(click := act.body.get("gcl_id"), str) and click:
        yield "gclid", click
    lead = act.body.get("lead_id")
    if kind in LEAD_OF and isinstance(lead, str) and lead:
        yield LEAD_OF[kind], lead
