"""`warmline person`: a way in for people."""

import click

from app.addresses import base_url
from app.auth import links
from app.cli.frame import with_settings
from app.cli.opened import opened
from app.door import perform
from app.endings import RefusedError
from app.settings import Settings
from prospects.member import Role


@click.group("person", no_args_is_help=False)
def command() -> None:
    """Give people a way in."""


@command.command("invite")
@click.argument("email", metavar="EMAIL")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="What it may do.",
)
@with_settings
def invite(settings: Settings, email: str, role: str) -> None:
    """Print a link by which EMAIL sets a password and signs in; it works once, for seven days.

    Who is not on the team yet is added, with this role; who is, gets the role as well.
    """
    if "@" not in email or any(char.isspace() for char in email):
        raise click.UsageError(f"`{email}` is not an e-mail address; write it like r@acme.example.")
    try:
        with opened(settings) as database:
            now = database.clock.now()
            token = perform(
                database,
                lambda to: links.invite(
                    to, email=email, role=Role(role), by="command line", now=now
                ),
            )
    except links.LeftError:
        raise RefusedError(
            f"{email} has left; make them active first, on their page under Colleagues or in team.yaml"
        ) from None
    print(f"{base_url(settings)}{links.PATH}{token}")
