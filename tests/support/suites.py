"""Public test suites that lie beside the repository; where they are not, their tests are skipped."""

import json
from pathlib import Path
from typing import Any

import pytest

SUITES = Path(__file__).parents[2].parent / "shared" / "suites"


def suite(path: str) -> Any:
    """The JSON of one suite's file; skips the test, saying so, when the suites are not here."""
    file = SUITES / path
    if not file.exists():
        pytest.skip(f"the public suite {path} is not beside this repository")
    return json.loads(file.read_text())
