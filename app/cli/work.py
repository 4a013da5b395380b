"""`warmline work`: promises that were given up or held back, and how they are tried once more."""

import json
from uuid import UUID

import click

from app.cli.frame import with_settings
from app.cli.opened import opened
from app.door import perform, reading
from app.endings import FailedError, RefusedError
from app.settings import Settings
from nurture import switches
from prospects import given_up
from prospects.given_up import GivenUp

MOST = 1000


@click.group("work", no_args_is_help=False)
def command() -> None:
    """See what was given up, and have it tried once more."""


@command.command("given-up")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_settings
def listed(settings: Settings, *, as_json: bool) -> None:
    """List work that was given up, with the reason; at most a thousand."""
    with opened(settings) as database, reading(database) as session:
        found = given_up.listed(session, limit=MOST)
    if as_json:
        print(json.dumps({"items": [_document(each) for each in found]}))
        return
    for each in found:
        tries = "one try" if each.attempts == 1 else f"{each.attempts} tries"
        print(f"{each.id} {each.topic} {each.ref} after {tries}: {each.reason}")
    print("Nothing was given up." if not found else "Once mended: warmline work replay --all")


@command.command("replay")
@click.argument("ids", nargs=-1, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="All that was given up.")
@with_settings
def replay(settings: Settings, ids: tuple[UUID, ...], *, everything: bool) -> None:
    """Have what was given up tried once more: IDS, as `warmline work given-up` lists them, or --all."""
    if bool(ids) == everything:
        raise click.UsageError("Name the IDS of what to try once more, or --all.")
    wanted = None if everything else ids
    with opened(settings) as database:
        now = database.clock.now()
        count = perform(database, lambda session: given_up.replay(session, wanted, now))
    if ids and count < len(set(ids)):
        raise FailedError(
            f"{count} of {len(set(ids))} are tried once more; the others are not given up"
        )
    print(f"{count} tried once more.")


@command.command("mail-again")
@click.option("--release-held", is_flag=True, help="Send what the restore held back as well.")
@with_settings
def mail_again(settings: Settings, *, release_held: bool) -> None:
    """After a restore: mail people from before it as well.

    Mails that may have left before it stay held, to be let go one by one in the outbox; with
    --release-held all of them go out, and some people may get one twice.
    """
    with opened(settings) as database:
        now = database.clock.now()
        with reading(database) as session:
            kept = switches.kept_back(session)
        if not (kept if release_held else kept.since):
            raise RefusedError("this is no restored copy that waits; there is nothing to say")
        freed = perform(
            database,
            lambda session: switches.mail_again(
                session, now, by="warmline work", release_held=release_held
            ),
        )
    print(f"Mail goes to everybody again; {freed} that were held go out now.")


def _document(each: GivenUp) -> dict[str, object]:
    return {
        "id": str(each.id),
        "topic": each.topic,
        "ref": each.ref,
        "posted_at": each.posted_at.isoformat(),
        "attempts": each.attempts,
        "reason": each.reason,
    }
