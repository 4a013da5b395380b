"""What applying a workspace would change: first a value that can be shown, then carried out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app import departure
from app.absences import together
from app.workspace import kept
from app.workspace.kept import Text
from app.workspace.sealed import same, sealed
from app.workspace.standing import Standing
from app.workspace.wanted import SEALED, Thing, Wanted
from nurture import flows
from prospects import audit, configuration, team, waiting
from prospects.member import Member
from prospects.sealing import fingerprint
from prospects.topics import Topic
from routing import going_away
from webhooks import asking, crm_writing, unmapped


class Action(StrEnum):
    """What becomes of one thing."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    """Taken off duty: `active: false`. Nothing is ever deleted."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that will not stay as it is; `body` is as it will be kept, secrets sealed."""

    file: str
    kind: Thing
    slug: str
    action: Action
    body: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """All changes from the workspace's version `since`, and how many things stay as they are.

    `texts` are the files whose writing changed, be it a comment; `overruled` are the changes that
    would undo what somebody did in the browser.
    """

    since: int
    changes: tuple[Change, ...]
    unchanged: int
    texts: tuple[Text, ...] = ()
    overruled: tuple[Change, ...] = ()

    def count(self, action: Action) -> int:
        """How many things this happens to."""
        return sum(change.action is action for change in self.changes)

    def touches(self, kind: Thing) -> bool:
        """Whether anything of this kind changes."""
        return any(change.kind is kind for change in self.changes)


def changes_to(standing: Standing, wanted: Sequence[Wanted], *, secret: str) -> ChangeSet:
    """What must change for the wanted things to stand; nothing is ever taken away by leaving it out."""
    found = []
    for each in (_as_kept(one, standing, secret) for one in wanted):
        before = _before(standing, each)
        if before is None or not _stands(before, each, secret):
            action = _action(before, each)
            found.append(Change(each.file, each.kind, each.slug, action, each.body))
    overruled = tuple(each for each in found if standing.in_browser(each.kind, each.slug))
    return ChangeSet(standing.version, tuple(found), len(wanted) - len(found), overruled=overruled)


def carry_out(
    session: Session,
    change_set: ChangeSet,
    now: datetime,
    *,
    by: str,
    secret: str,
    new_key: bool = False,
) -> bool:
    """Make the changes, all in this transaction; with a `new_key` the old one is lost, and what it sealed is too.

    False, and nothing done, if the workspace was changed by somebody else since they were worked out.
    """
    if configuration.lock(session) != change_set.since:
        return False
    configuration.seal_with(session, fingerprint(secret), anew=new_key)
    kept.keep(session, change_set.texts, now, secret=secret)
    if not change_set.changes:
        return True
    people = [each.body for each in change_set.changes if each.kind is Thing.PERSON]
    if people:
        _save(session, people, now, by=by)
    for each in change_set.changes:
        if each.kind is not Thing.PERSON:
            configuration.write(session, each.kind, each.slug, each.body, now, by=by)
        if each.kind is Thing.MEANING:
            unmapped.look_back(session, each.slug, each.body["fields"], now)
        if each.kind is Thing.FLOW:
            flows.publish(session, each.slug, each.body, now)
    if change_set.touches(Thing.SOURCE):
        asking.hasten(session, now)
    if change_set.touches(Thing.DESTINATION):
        # What waited for a better token need not wait for its hour.
        waiting.hasten(session, Topic.CONVERT, now)
        crm_writing.hasten(session, now)
    documents = [f"{c.kind} {c.slug}" for c in change_set.changes if c.kind is not Thing.PERSON]
    # No names of people: the audit outlives them.
    audit.note(session, "apply", "workspace", now, who=by, documents=documents, people=len(people))
    return True


def _save(session: Session, people: Sequence[Mapping[str, Any]], now: datetime, *, by: str) -> None:
    """The team as it is written; who left it goes with all that is theirs."""
    team.save(session, people, now)
    named = {each["email"] for each in people}
    those = [member for member in team.members(session) if member.email in named]
    going_away.let_go(session, those, now)
    gone = [member.id for member in those if not member.active]
    departure.depart(session, gone, now, by=by)


def _as_kept(wanted: Wanted, standing: Standing, secret: str) -> Wanted:
    before = standing.people.get(wanted.slug) if wanted.kind is Thing.PERSON else None
    if before is not None and "absences" in wanted.body:
        away = together(wanted.body["absences"], before.absences)
        return replace(wanted, body={**wanted.body, "absences": away})
    if wanted.kind not in SEALED:
        return wanted
    return replace(wanted, body=sealed(secret, wanted.body, wanted.origins))


def _before(standing: Standing, wanted: Wanted) -> Mapping[str, Any] | Member | None:
    if wanted.kind is Thing.PERSON:
        return standing.people.get(wanted.slug)
    document = standing.documents.get((wanted.kind, wanted.slug))
    return document.body if document else None


def _action(before: Mapping[str, Any] | Member | None, wanted: Wanted) -> Action:
    if before is None:
        return Action.ADD
    active = before.active if isinstance(before, Member) else before.get("active", True)
    return Action.REMOVE if active and wanted.body.get("active") is False else Action.CHANGE


def _stands(before: Mapping[str, Any] | Member, wanted: Wanted, secret: str) -> bool:
    if isinstance(before, Member):
        return all(_plain(getattr(before, key)) == _plain(wanted.body[key]) for key in wanted.body)
    if wanted.kind in SEALED:
        return same(secret, before, wanted.body)
    # What the browser or the API wrote may leave its own name out.
    return before == wanted.body or {"slug": wanted.slug, **before} == wanted.body


def _plain(value: Any) -> Any:
    """Roles are a set and absences a tuple on one side, lists on the other."""
    if isinstance(value, frozenset):
        return sorted(str(each) for each in value)
    return list(value) if isinstance(value, tuple) else value
