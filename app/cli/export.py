"""`warmline export DIR`: the workspace as a folder of files."""

import os
from pathlib import Path

import click

from app.cli.frame import with_settings
from app.cli.opened import opened
from app.door import reading
from app.endings import FailedError
from app.settings import Settings
from app.workspace import kept
from app.workspace.export import Exported, export
from app.workspace.folder import INSIDE
from app.workspace.standing import stand


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@with_settings
def command(settings: Settings, folder: Path) -> None:
    """Write every file of the workspace into DIR; comments of files it came from are kept.

    Files of the same name are replaced, others left alone. Secrets are written as ${NAME}.
    """
    with opened(settings) as database, reading(database) as session:
        exported = export(stand(session), kept.read(session, settings.secret_key))
    try:
        for name, text in exported.files.items():
            _write(folder / name, text)
    except OSError as error:
        raise FailedError(
            f"{error.filename or folder} cannot be written: {error.strerror}"
        ) from None
    _show(folder, exported)


def _write(path: Path, text: str) -> None:
    """Put the file there whole, in place of a link too, so that nothing outside is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(text.encode())
    os.replace(new, path)


def _show(folder: Path, exported: Exported) -> None:
    for name in exported.variables:
        print(f"note: a secret was written in plain; set {name} to it where `apply` runs")
    here = {f"{kind}/{each.name}" for kind in INSIDE for each in folder.glob(f"{kind}/[!.]*")}
    for name in sorted(here - exported.files.keys()):
        print(f"note: {name} was here before and is no part of this workspace")
    print(f"exported: {len(exported.files)} files into {folder}")
