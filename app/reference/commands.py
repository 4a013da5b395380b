"""Every command with its arguments and options, from the command line itself."""

from collections.abc import Iterator

import click

from app.reference.tables import table

OPENING = """# Commands

`./warmline COMMAND`; every one takes `--help`, and `--data DIR` where it needs the data folder.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused.
"""


def page(commands: click.Group) -> str:
    """All commands in the order of `warmline --help`."""
    context = click.Context(commands, info_name="warmline")
    found = (
        (name, commands.get_command(context, name)) for name in commands.list_commands(context)
    )
    return OPENING + "".join(
        part for name, command in found if command for part in _told(f"warmline {name}", command)
    )


def _told(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    about = (command.help or "").replace("\b", "").strip()
    yield f"\n## {name}\n\n{about}\n\n```\n{usage}\n```\n"
    options = [each for each in command.params if isinstance(each, click.Option)]
    rows = [[_names(each), each.help or "", _default(each)] for each in options]
    if rows:
        yield "\n" + table(["option", "does", "default"], rows)
    if isinstance(command, click.Group):
        yield from _inside(name, command, context)


def _inside(name: str, group: click.Group, context: click.Context) -> Iterator[str]:
    for inner in group.list_commands(context):
        if found := group.get_command(context, inner):
            yield from _told(f"{name} {inner}", found)


def _names(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.make_metavar(click.Context(click.Command('x')))}"
    return ", ".join(f"`{each}{value}`" for each in [*option.opts, *option.secondary_opts])


def _default(option: click.Option) -> str:
    plain = isinstance(option.default, str | int | float) and not isinstance(option.default, bool)
    return f"`{option.default}`" if plain else ""
