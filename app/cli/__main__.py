"""`python -m app.cli` is `warmline`, and how `up` starts its parts."""

from app.up import lifeline

# Before anything else is loaded: a part that is still loading must not outlive its supervisor.
lifeline.hold_on()

from app.cli import main  # noqa: E402

main()
