"""What all commands share: the data folder, the settings, and what a command's end means.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused.
"""

import functools
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from app import log
from app.endings import REFUSED, FailedError, RefusedError
from app.settings import SettingsError, read_settings

FAILED = 1
WRONG_USAGE = 2


class Commands(click.Group):
    """A group that imports a command's module only when that command is wanted.

    `places` maps a command's name to its module, which holds it as `command`, and to one
    sentence for the list of commands.
    """

    def __init__(self, places: dict[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(**options)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._places:
            return None
        found = import_module(self._places[cmd_name][0]).command
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in self._places.items()])


def with_settings(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--data`, and its function the settings as first argument."""

    @click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        help="The data folder. Default: $WARMLINE_DATA, else ./warmline-data.",
    )
    @functools.wraps(function)
    def run(data: Path | None, **options: Any) -> None:
        settings = read_settings(os.environ, data=data)
        log.configure(settings.log_level)
        function(settings, **options)

    return run


def run(commands: click.Command, arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; mistakes are one line on standard error."""
    try:
        code = commands.main(args=arguments, prog_name="warmline", standalone_mode=False)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "warmline"
        said = _usage(error).rstrip(".")
        said += "" if said.endswith(("?", "!")) else "."
        return _say(f"{said} Try `{where} --help`.", WRONG_USAGE)
    except SettingsError as error:
        return _say("\n".join(error.problems), WRONG_USAGE)
    except RefusedError as error:
        return _say(str(error), REFUSED)
    except FailedError as error:
        return _say(str(error), FAILED)
    except click.ClickException as error:
        return _say(error.format_message(), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _say("stopped", FAILED)
    except Exception as error:
        if not _is_of_the_database(error):
            raise
        return _say(f"the database did not do it: {_first_line(error)}", FAILED)
    return code if isinstance(code, int) else 0


def _usage(error: click.UsageError) -> str:
    """What was typed wrong, on one line; of a number, which numbers would do."""
    kind = error.param.type if isinstance(error, click.BadParameter) and error.param else None
    message = " ".join(error.format_message().split())
    if not isinstance(kind, click.IntRange):
        return message
    span = f"from {kind.min} to {kind.max}" if kind.max is not None else f"of at least {kind.min}"
    return f"{message.partition(' is not ')[0]} is not a whole number {span}"


def _is_of_the_database(error: Exception) -> bool:
    # By its module's name, so that a command without a database need not load SQLAlchemy.
    return hasattr(error, "orig") and type(error).__module__ == "sqlalchemy.exc"


def _first_line(error: Exception) -> str:
    original = getattr(error, "orig", error)
    return (str(original).strip().splitlines() or [type(error).__name__])[0]


def _say(message: str, code: int) -> int:
    for line in message.splitlines():
        print(f"warmline: {line}", file=sys.stderr)
    return code
