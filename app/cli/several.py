"""Options that may be given several times, each with several values after it."""

from collections.abc import Collection, Iterator, Sequence

import click


class Several(click.Command):
    """`--drop A B C` like `--drop A --drop B --drop C`, of a command in which nothing stands without an option before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The same as ever, on the longer way of writing it."""
        several = {
            name
            for each in self.params
            if isinstance(each, click.Option) and each.multiple
            for name in each.opts
        }
        return super().parse_args(ctx, list(_spread(args, several)))


def _spread(args: Sequence[str], several: Collection[str]) -> Iterator[str]:
    option, taken = None, 0
    for each in args:
        is_option = each.startswith("--")
        taken = 0 if is_option else taken + 1
        option = each if is_option else option
        if taken > 1 and option in several:
            yield str(option)
        yield each
