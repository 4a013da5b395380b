"""One running instance for each module here: what a test asks of it, it asks from outside."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.linkedin import LinkedIn
from tests.contract.office import Office
from tests.support.smtp import MailSink

WORKSPACE = Path(__file__).parents[1] / "workspaces" / "contract"
LI_SECRET = "a-linkedin-client-secret"
LI_TOKEN = "a-linkedin-access-token"


@pytest.fixture(scope="session")
def linkedin() -> Iterator[LinkedIn]:
    """A LinkedIn on loopback."""
    with LinkedIn(secret=LI_SECRET, access_token=LI_TOKEN) as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def mailbox() -> Iterator[MailSink]:
    """A mail server that keeps what it is handed."""
    sink = MailSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="session")
def office(
    tmp_path_factory: pytest.TempPathFactory, linkedin: LinkedIn, mailbox: MailSink
) -> Iterator[Office]:
    """A running instance on SQLite with the whole workspace, live, its mail handed to `mailbox`."""
    running = open_office(tmp_path_factory.mktemp("office"), linkedin, mailbox)
    yield running
    running.stop()


def open_office(
    folder: Path, linkedin: LinkedIn, mailbox: MailSink, *, live: bool = True, **environment: str
) -> Office:
    """Apply the workspace to an empty folder and start; `live`: it mails everybody at once."""
    running = Office(
        folder,
        WARMLINE_SMTP_URL=mailbox.url,
        WARMLINE_MAIL_FROM="hello@vendor.example",
        **environment,
    )
    running.secrets |= {"LI_SECRET": LI_SECRET, "LI_URL": linkedin.url, "LI_TOKEN": LI_TOKEN}
    folder.mkdir(exist_ok=True)
    shutil.copytree(WORKSPACE, running.workspace)
    running.apply()
    running.start()
    if live:
        running.call("POST", "/switches/live", json={})
    return running
