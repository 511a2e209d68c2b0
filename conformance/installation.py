"""Where our own files lie: in a checkout, in an editable install and in an installed wheel."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGES: Final = ("conformance", "conformance_strategies", "conformance_reports")
"""What we import of our own; no project of a user's has packages of these names."""

ROOT: Final = Path(__file__).resolve().parent.parent
"""The checkout, or the folder that packages are installed into."""


@cache
def package_folders() -> tuple[Path, ...]:
    """Return the folder of each of our packages."""
    specs = (find_spec(name) for name in PACKAGES)
    return tuple(Path(spec.origin).resolve().parent for spec in specs if spec and spec.origin)


def python_path() -> str:
    """Return the `PYTHONPATH` under which a process of its own finds our packages, wherever it is started."""
    return os.pathsep.join(dict.fromkeys(str(folder.parent) for folder in package_folders()))


def bundled_specs() -> Path:
    """Return the folder of the documents that come with us: inside the wheel, or beside the package."""
    inside = Path(__file__).resolve().parent / "specs"
    return (inside if inside.is_dir() else ROOT / "specs") / "concord-privacy"
