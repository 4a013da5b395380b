"""Which files a workspace folder holds; everything that is not one of ours is named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.workspace.mistakes import Mistake, Spot
from app.workspace.nodes import spot_at
from prospects.faults import Fault, nearest

TOP = (
    "team.yaml",
    "stages.yaml",
    "segments.yaml",
    "sources.yaml",
    "meanings.yaml",
    "destinations.yaml",
    "scoring.yaml",
    "routing.yaml",
)
INSIDE: Mapping[str, tuple[str, ...]] = {"flows": (".yaml",), "mails": (".html", ".txt")}
LARGEST_FILE = 1 << 20
MOST_FILES = 2_000


@dataclass(frozen=True, slots=True)
class Files:
    """The texts of a folder by name (`team.yaml`, `flows/considered.yaml`), and what was wrong."""

    texts: Mapping[str, str]
    mistakes: list[Mistake] = field(default_factory=list)


def gather(folder: Path) -> Files:
    """Read every file of the workspace in `folder`; hidden files and read-me files are left alone."""
    texts: dict[str, str] = {}
    mistakes: list[Mistake] = []
    paths = list(_paths(folder))
    if len(paths) > MOST_FILES:
        fault = Fault("", f"there are {len(paths)} files", f"at most {MOST_FILES}")
        return Files({}, [Mistake(".", Spot(), fault)])
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = _text(path, folder.resolve())
        except _NotOursError as error:
            mistakes.append(Mistake(name, error.spot, error.fault))
    return Files(texts, mistakes)


class _NotOursError(Exception):
    """This file cannot be taken."""

    def __init__(self, reason: str, mend: str, spot: Spot | None = None) -> None:
        self.fault = Fault("", reason, mend)
        self.spot = spot or Spot()


def _paths(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.stem.upper() in {"README", "LICENSE", "CHANGELOG"}:
            continue
        if path.name in INSIDE and path.is_dir():
            yield from (each for each in sorted(path.iterdir()) if not each.name.startswith("."))
        else:
            yield path


def _text(path: Path, root: Path) -> str:
    if not path.resolve().is_relative_to(root):
        raise _NotOursError("this leads out of the folder", "put the file itself here")
    _refuse_unknown(path)
    if not path.is_file():
        raise _NotOursError("this is no file", "put a plain file here, or take it away")
    if path.stat().st_size > LARGEST_FILE:
        raise _NotOursError("this is too large", f"at most {LARGEST_FILE >> 20} MiB a file")
    raw = path.read_bytes()
    try:
        return raw.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        spot = spot_at(before, len(before))
        raise _NotOursError("this is not UTF-8", "save the file as UTF-8", spot) from None


def _refuse_unknown(path: Path) -> None:
    endings = INSIDE.get(path.parent.name)
    if endings is None:
        if path.name not in TOP:
            reason = "this is no file of a workspace"
            raise _NotOursError(reason, nearest(path.name, (*TOP, *INSIDE)))
    elif path.suffix not in endings:
        good = " or ".join(f"{path.stem}{ending}" for ending in endings)
        raise _NotOursError(f"this is no file of `{path.parent.name}`", f"name it {good}")
