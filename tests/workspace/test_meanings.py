"""What fields of a source mean: in a file as on its page, and back."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.database import Database
from app.door import perform, reading
from app.workspace.apply import BrowserOwnsError
from app.workspace.mistakes import MistakesError
from prospects.message import MessageRow
from prospects.topics import Topic
from tests.workspace.test_export import SECRET, applied, exported, place, written
from webhooks import known, unmapped

__all__ = ["place"]

MEANINGS = """# What the site's form asks.
meanings:
  - slug: site  # in its own words
    fields: {your_role: title, "How many?": account.seats}
"""


def test_what_fields_mean_goes_out_and_in_and_is_given_to_those_of_the_past(
    database: Database, place: Path, now: datetime, tmp_path: Path
) -> None:
    (place / "meanings.yaml").write_text(MEANINGS)
    applied(database, place, now)
    assert exported(database).files["meanings.yaml"] == MEANINGS
    with reading(database) as session:
        topics = session.execute(select(MessageRow.ref).where(MessageRow.topic == Topic.MEANING))
        assert set(topics.scalars()) == {f"site/{UUID(int=0)}"}
        assert known.sources(session, secret=SECRET).meanings["site"]["your_role"] == "title"

    perform(database, lambda s: unmapped.say(s, "site", "hobby", "kept", now, by="mia"))
    files = exported(database)
    assert files.files["meanings.yaml"].startswith("# What the site's form asks.")
    assert "hobby: kept" in files.files["meanings.yaml"]
    with pytest.raises(BrowserOwnsError):
        applied(database, place, now)
    assert applied(database, written(tmp_path / "out", files), now).changes == ()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("title", "titel", "4:25 meanings.0.fields.your_role: a field cannot mean `titel`"),
        ("title", "email", "4:25 meanings.0.fields.your_role: a field cannot mean `email`"),
        ("slug: site", "slug: sit", "3:11 meanings.0.slug: there is no source `sit`"),
        ("fields:", "feilds:", "4:5 meanings.0.feilds: `feilds` means nothing here"),
    ],
)
def test_a_slip_in_what_fields_mean_is_told_where_it_stands(
    database: Database, place: Path, now: datetime, before: str, after: str, told: str
) -> None:
    (place / "meanings.yaml").write_text(MEANINGS.replace(before, after, 1))
    with pytest.raises(MistakesError) as caught:
        applied(database, place, now)
    assert any(f"meanings.yaml:{told}" in str(each) for each in caught.value.mistakes)
