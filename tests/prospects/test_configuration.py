"""Configuration is versioned, cached until it changes, and keeps secrets sealed."""

from collections.abc import Mapping
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from prospects import configuration, team
from prospects.configuration import Document
from prospects.sealing import SealBrokenError, digest, opened, seal

parses: list[int] = []


def slugs(documents: Mapping[str, Document]) -> list[str]:
    parses.append(1)
    return list(documents)


def test_a_parse_is_kept_until_the_workspace_changes(session: Session, now: datetime) -> None:
    parses.clear()
    configuration.write(session, "flow", "a", {"flow": "a"}, now, by="test")
    assert configuration.parsed(session, "flow", slugs) == ["a"]
    assert configuration.parsed(session, "flow", slugs) == ["a"]
    assert len(parses) == 1
    configuration.write(session, "flow", "b", {"flow": "b"}, now, by="test")
    assert configuration.parsed(session, "flow", slugs) == ["a", "b"]
    configuration.remove(session, "flow", "a")
    assert configuration.parsed(session, "flow", slugs) == ["b"]


def test_versions_rise_and_a_change_of_the_team_is_one(session: Session, now: datetime) -> None:
    first = configuration.write(session, "flow", "a", {}, now, by="test")
    team.save(session, [{"email": "Rita@Acme.example", "name": "Rita", "roles": ["rep"]}], now)
    second = configuration.write(session, "flow", "a", {}, now, by="test")
    assert (first, second) == (1, 3)
    rita = team.by_email(session, " rita@acme.EXAMPLE ")
    assert rita is not None
    assert rita.roles == {team.Role.REP}


def test_a_secret_is_sealed_and_only_the_right_key_opens_it() -> None:
    body = {"secrets": [seal("key", "hunter2", name="APP_SECRET")], "slug": "x"}
    assert "hunter2" not in str(body)
    assert opened("key", body) == {"secrets": ["hunter2"], "slug": "x"}
    with pytest.raises(SealBrokenError):
        opened("another key", body)


def test_a_digest_depends_on_the_key_and_on_where_its_parts_end() -> None:
    assert digest("a", "email", "x") != digest("b", "email", "x")
    assert digest("a", "email", "x") != digest("a", "emai", "lx")
