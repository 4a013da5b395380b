"""`warmline reference`: writes the documents that are made from the code."""

from pathlib import Path

import click

from app.endings import RefusedError


@click.command("reference")
@click.argument("docs", type=click.Path(file_okay=False, path_type=Path), default=Path("docs"))
def command(docs: Path) -> None:
    """Write what is made from the code into the folder DOCS of the project: for who changes Warmline."""
    from app.cli import commands
    from app.reference import pages
    from app.settings import Settings
    from app.web import create_app

    if not (docs / "operations.md").is_file():
        raise RefusedError(f"{docs} holds no documents of Warmline; mend: run it in the project")
    # Nothing is served and no database opened: only the addresses are read.
    nowhere = Settings(data=docs, database_url=f"sqlite:///{docs}/none.db", secret_key="-" * 32)
    found = pages.made(create_app(nowhere), commands, docs)
    stale = {path: text for path, text in found.items() if _now(path) != text}
    for path, text in stale.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        print(f"written: {path}")
    print(f"{len(stale)} of {len(found)} documents were out of date.")


def _now(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
