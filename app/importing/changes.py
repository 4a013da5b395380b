"""What an import changes on people's own rows: noted batch by batch, so that undoing puts it back."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.importing.rows import ChangeRow
from prospects.identity import owners_of
from prospects.ids import ProspectId
from prospects.people import SAID_OF_THEMSELVES
from prospects.rows import IdentityRow, ProspectRow
from prospects.store import among, upsert
from webhooks.adapter import Item, Read
from webhooks.leads import identities_of

Said = dict[str, Any]
"""What somebody's row says of them: the usual names, and `fields`."""
NAMES = (*SAID_OF_THEMSELVES, "account_id")


def before(session: Session, items: Sequence[Item]) -> dict[ProspectId, Said]:
    """What is said of whoever these items will be found to be about, as far as they are known by now."""
    abouts = [each.about for each in items if isinstance(each, Read)]
    identities = {one for each in abouts for one in identities_of(each)}
    return _said(session, set(owners_of(session, identities).values()))


def note(
    session: Session,
    import_id: UUID,
    stood: Mapping[ProspectId, Said],
    people: Collection[ProspectId],
    now: datetime,
) -> int:
    """Write down what is said of these people now and was not before; how many of them are new."""
    now_said = _said(session, people)
    learned = _learned(session, people, now)
    known = {
        row.prospect_id: row
        for row in session.execute(
            select(ChangeRow).where(
                among(session, ChangeRow.prospect_id, people), ChangeRow.import_id == import_id
            )
        ).scalars()
    }
    rows = []
    for who, said in sorted(now_said.items()):
        earlier = known.get(who)
        first = earlier.before if earlier else {}
        after = dict(earlier.after) if earlier else {}
        was, became = _difference(stood.get(who, {}), said)
        if who in stood and learned.get(who):
            became["identities"] = [*after.get("identities", []), *learned[who]]
        rows.append(
            {
                "prospect_id": who,
                "import_id": import_id,
                "created": earlier.created if earlier else who not in stood,
                # What stood there before its first row counts.
                "before": _first(first, was, after),
                "after": _merged(after, became),
            }
        )
    upsert(session, ChangeRow, rows, on=["prospect_id", "import_id"])
    session.expire_all()
    return sum(1 for who in now_said if who not in stood and who not in known)


def _said(session: Session, people: Collection[UUID]) -> dict[ProspectId, Said]:
    columns = [getattr(ProspectRow, name) for name in NAMES]
    rows = session.execute(
        select(ProspectRow.id, ProspectRow.fields, *columns).where(
            among(session, ProspectRow.id, people)
        )
    )
    return {
        ProspectId(row.id): {
            "fields": row.fields,
            **{name: _plain(getattr(row, name)) for name in NAMES},
        }
        for row in rows
    }


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value


def _learned(
    session: Session, people: Collection[ProspectId], now: datetime
) -> dict[ProspectId, list[list[str]]]:
    rows = session.execute(
        select(IdentityRow.prospect_id, IdentityRow.kind, IdentityRow.key).where(
            among(session, IdentityRow.prospect_id, people), IdentityRow.learned_at == now
        )
    )
    found: dict[ProspectId, list[list[str]]] = {}
    for row in rows:
        found.setdefault(ProspectId(row.prospect_id), []).append([row.kind, row.key])
    return found


def _difference(was: Said, said: Said) -> tuple[Said, Said]:
    changed = [name for name in NAMES if was.get(name) != said[name]]
    before = {name: was.get(name) for name in changed}
    after = {name: said[name] for name in changed}
    fields, earlier = said["fields"], was.get("fields", {})
    if own := {name: each for name, each in fields.items() if earlier.get(name) != each}:
        after["fields"] = own
        before["fields"] = {name: earlier[name] for name in own if name in earlier}
    return before, after


def _first(first: Said, was: Said, after: Said) -> Said:
    ours = after.get("fields", {})
    own = {name: each for name, each in was.get("fields", {}).items() if name not in ours}
    fields = {**own, **first.get("fields", {})}
    return {**was, **first} | ({"fields": fields} if fields else {})


def _merged(after: Said, became: Said) -> Said:
    fields = {**after.get("fields", {}), **became.get("fields", {})}
    return {**after, **became} | ({"fields": fields} if fields else {})
