"""What was said and told of people who are one counts for all they are: roles, refusals, warmth."""

from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.merge import merge, undo
from app.pipeline import react
from prospects import configuration, consents, stakes
from prospects.identity import Identity
from prospects.rows import ProspectRow
from prospects.stakes import Stake, Stance
from prospects.topics import Topic
from prospects.words import ProspectWordsRow
from tests.app.test_merge import DAY, SAID, arrive, barred, come, everything, promised, said
from tests.routing import office


@pytest.mark.parametrize("whose", [0, 1])
def test_a_file_of_the_past_gives_nobody_back_what_either_took_away(
    session: Session, now: datetime, whose: int
) -> None:
    ann, bob = arrive(session, now, "ann@acme.example", "bob@acme.example")
    merge(session, ann, bob, SAID, now)
    consents.record(session, [said((ann, bob)[whose], False, now, "1")], now)
    old = [said(who, True, now - DAY, key) for who, key in ((ann, "2"), (bob, "3"))]
    assert consents.not_regained(session, old) == []


def test_a_file_gives_back_nothing_to_who_said_no_to_it_or_to_all_and_the_rest_to_everybody(
    session: Session, now: datetime
) -> None:
    ann, bob, cid = arrive(session, now, "ann@acme.example", "bob@acme.example", "cid@acme.example")
    nothing = replace(said(bob, False, now, "2"), topic=consents.EVERYTHING)
    consents.record(session, [said(ann, False, now, "1"), nothing], now)
    old = [said(who, True, now - DAY, "3") for who in (ann, bob, cid)]
    news = [replace(each, topic="news", key="4") for each in old]
    everything_ = [replace(each, topic=consents.EVERYTHING, key="5") for each in old]
    kept = consents.not_regained(session, [*old, *news, *everything_])
    found = {(each.prospect_id, each.topic) for each in kept}
    assert found == {(ann, "news"), (cid, "newsletter"), (cid, "news"), (cid, "*")}
    # Of two words in one file, too, the no counts.
    both = [said(cid, True, now - DAY, "6"), said(cid, False, now - DAY, "7")]
    assert consents.not_regained(session, both) == both[1:]


def test_of_two_words_at_one_instant_the_no_counts(session: Session, now: datetime) -> None:
    (ann,) = arrive(session, now, "ann@acme.example")
    consents.record(session, [said(ann, False, now, "1"), said(ann, True, now, "2")], now)
    assert barred(session, ann) == {ann: "withdrawn"}


def test_who_is_warm_already_does_not_grow_warm_once_more(session: Session, now: datetime) -> None:
    office.three_reps(session, now)
    configuration.write(session, "hook", "crm", {"events": ["prospect.warmed"]}, now, by="test")
    ann, bob = arrive(session, now, "ann@acme.example", "bob@acme.example")
    session.get_one(ProspectRow, bob).warm = True
    row = merge(session, ann, bob, SAID, now)
    assert (row.kept_id, warm(session, ann)) == (ann, [True])
    react(session, [ann], now)
    assert warm(session, ann) == [True]
    assert warmed(session) == [], "bob's was told when it came"

    undo(session, row.id, "mia", now)
    assert warm(session, ann, bob) == [False, True]
    react(session, [ann], now)
    assert warm(session, ann) == [True]
    assert len(warmed(session)) == 1, "ann's own"


def test_the_last_word_on_a_role_counts_whoever_it_was_said_of(
    session: Session, now: datetime
) -> None:
    office.three_reps(session, now)
    say = partial(stakes.say, session, by=office.who(session, "ann").id)
    ann, bob = arrive(session, now, "ann@acme.example", "bob@acme.example")
    say(bob, Stake.CHAMPION, Stance.FOR, now=now)
    row = merge(session, ann, bob, SAID, now)
    assert stakes.of(session, [ann])[ann].stake == "champion"

    say(ann, Stake.BLOCKER, Stance.AGAINST, now=now + DAY)
    assert stakes.of(session, [ann])[ann].stake == "blocker"
    undo(session, row.id, "mia", now + DAY)
    each = stakes.of(session, [ann, bob])
    assert (each[ann].stake, each[bob].stake) == ("blocker", "champion")


def test_parting_leaves_nothing_behind_of_who_said_nothing(session: Session, now: datetime) -> None:
    email, phone = Identity("email", "ann@acme.example"), Identity("phone", "+4930901820")
    ann, who = come(session, now, (email,), (phone,))
    session.execute(delete(ProspectWordsRow).where(ProspectWordsRow.prospect_id == who))
    session.get_one(ProspectRow, who).name = None
    before = everything(session)
    undo(session, merge(session, ann, who, SAID, now).id, "mia", now)
    assert everything(session) == before


def warm(session: Session, *people: object) -> list[bool]:
    session.expire_all()
    return [session.get_one(ProspectRow, each).warm for each in people]


def warmed(session: Session) -> list[str]:
    return [each for each in promised(session, Topic.ANNOUNCE) if each.endswith("/warm")]
