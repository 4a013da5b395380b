"""`warmline token`: a way in for programs."""

import click

from app import tokens
from app.cli.frame import with_settings
from app.cli.opened import opened
from app.door import perform
from app.endings import FailedError
from app.settings import Settings
from prospects.member import Role


@click.group("token", no_args_is_help=False)
def command() -> None:
    """Give programs a way in."""


@command.command("create")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="What it may do.",
)
@click.option("--name", required=True, help="What it is for; shown in the audit.")
@click.option("--person", "email", help="The e-mail of the colleague it acts as.")
@with_settings
def create(settings: Settings, role: str, name: str, email: str | None) -> None:
    """Print a new API token. It is shown this once; only a hash of it is kept."""
    try:
        with opened(settings) as database:
            now = database.clock.now()
            print(perform(database, lambda to: tokens.create(to, Role(role), name, email, now)))
    except tokens.NobodyError:
        raise FailedError(f"nobody active here has the e-mail {email}; see team.yaml") from None
