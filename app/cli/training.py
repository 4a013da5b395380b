"""`python -m app.cli.training TRAINING`: the process that a promised training runs in, and ends with.

scikit-learn is loaded here and in `warmline train`, and in no process that serves, works or sweeps.
"""

import os
import sys

from app.up import lifeline

# Before anything else is loaded: it must not outlive the `up` it belongs to.
lifeline.hold_on()
# The numeric libraries would wait for one another on every core; one trains as fast alone.
os.environ["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS") or "1"


def main() -> int:
    """Take the training and carry it out; 0 also where somebody else has it or it is over."""
    from app import log
    from app.cli.opened import opened
    from app.learning.by_promise import carry_out
    from app.settings import read_settings
    from prospects.ids import parse_id

    training = parse_id(sys.argv[1])
    if training is None:
        return 2
    settings = read_settings(os.environ)
    log.configure(settings.log_level)
    # Pages and mails go before it.
    os.nice(10)
    with opened(settings) as database:
        return carry_out(database, training)


if __name__ == "__main__":
    sys.exit(main())
