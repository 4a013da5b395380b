"""How a command may end other than well; the command line turns these into exit codes."""

REFUSED = 3
"""The exit code of a command that was refused."""


class RefusedError(Exception):
    """Understood, and will not be done; the message says why and what would help. Exit code 3."""


class FailedError(Exception):
    """Tried, and could not be done; the message says what was in the way. Exit code 1."""
