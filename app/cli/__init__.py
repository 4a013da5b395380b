"""The command line: `warmline COMMAND`; one module a command, imported when it is wanted."""

import sys

from app.cli.frame import Commands, run

PLACES = {
    "up": ("app.cli.up", "Run everything on this machine."),
    "test": ("app.cli.checks", "Check everything that must hold."),
    "web": ("app.cli.web", "Serve pages, API and webhooks."),
    "worker": ("app.cli.worker", "Work off what Redis rings for."),
    "sweep": ("app.cli.sweep", "Look every second for work that is due."),
    "prepare": ("app.cli.prepare", "Make the database fit for use; `up` does it by itself."),
    "backup": ("app.cli.backup", "Write everything into one file, while everything runs."),
    "restore": ("app.cli.restore", "Bring a backup into an empty database."),
    "play": ("app.cli.play", "Play the demo; `up --demo` does it by itself."),
    "doctor": ("app.cli.doctor", "Say what is wrong here, and how it is mended."),
    "plan": ("app.cli.plan", "Show what `apply` would change, and whom it touches."),
    "apply": ("app.cli.apply", "Make the workspace what a folder of files says."),
    "export": ("app.cli.export", "Write the workspace out as files."),
    "explain": ("app.cli.explain", "Say why somebody scores as they do, and who got them."),
    "evaluate": ("app.cli.evaluate", "Say how the model did on what reps found since."),
    "simulate": (
        "app.cli.simulate",
        "Try a flow or the routing rules on somebody, without effect.",
    ),
    "replay": ("app.cli.replay", "Put past leads to the routing rules once more, without effect."),
    "import": ("app.cli.import_file", "Bring in leads and past activities from a CSV file."),
    "train": (
        "app.cli.train",
        "Learn a model from what reps found, or from a table with known outcomes.",
    ),
    "token": ("app.cli.token", "Give programs a way in."),
    "person": ("app.cli.person", "Give people a way in."),
    "work": ("app.cli.work", "See what was given up, and have it tried once more."),
    "bench": ("app.cli.bench", "Measure."),
    "reference": ("app.cli.reference", "Write the documents that are made from the code."),
    "db": ("app.cli.db", "Bring the database's tables up to date, or look at them."),
}

commands = Commands(
    PLACES,
    name="warmline",
    help="Warmline: leads nurtured until warm, handed over with a brief, confirmed by the rep.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,
)


def main() -> None:
    """Run the command line of this process and end with its exit code."""
    sys.exit(run(commands))
