"""The shape of the code: which way imports point, how long a module may be, what `--help` costs."""

from __future__ import annotations

import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

import grimp
import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("conformance", "conformance_strategies", "conformance_reports")
FOLDERS: Final = ("conformance", "strategies", "reports")
MAX_LINES: Final = 350

LAYERS: Final = (
    {"errors", "installation", "jsonvalue", "rules", "regex"},
    {"pointer", "case", "witness_cache"},
    {"openapi", "requirement"},
    {"contract", "sending"},
    {"wire"},
    {"mutation"},
    {"witness", "observing"},
    {"planning"},
    {"judging"},
    {"running", "baseline"},
    {"recording"},
    {"explore", "diff"},
    {"traffic"},
    {"mock", "vendor"},
    {"session"},
    {"cli", "suite"},
    {"__main__"},
    {"plugin"},
)
"""What stands directly in `conformance/`, fewest ideas first: each imports from the layers before its own."""

NOT_KERNEL: Final = {"mock", "vendor", "session", "cli", "suite", "plugin", "__main__"}
WIRING: Final = {"mock", "session", "cli", "suite"}
"""The only parts that may know strategies or reports: the mock draws its answers as the suite draws its requests."""


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """Return each module of ours with the modules of ours that it imports, for annotations too."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def part(module: str) -> str:
    """Return what of `conformance/` a module belongs to, `""` for the package itself."""
    return module.split(".")[1] if "." in module else ""


def package(module: str) -> str:
    """Return the top-level package of a module."""
    return module.split(".", maxsplit=1)[0]


def sources(*folders: str) -> list[Path]:
    """Return the Python files below folders of the project."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def test_every_part_of_the_kernel_has_its_layer(imports: dict[str, set[str]]) -> None:
    """A new module or package in `conformance/` is given its place in LAYERS."""
    parts = {part(module) for module in imports if package(module) == "conformance"} - {""}
    assert parts - set().union(*LAYERS) == set()


def test_imports_point_towards_fewer_ideas(imports: dict[str, set[str]]) -> None:
    """A part of `conformance/` imports from the layers before its own, never sideways or upwards."""
    rank = {name: number for number, layer in enumerate(LAYERS) for name in layer} | {"": -1}
    wrong = {
        f"{module} imports {other}"
        for module, others in imports.items()
        for other in others
        if package(module) == package(other) == "conformance"
        and part(module) != part(other)
        and rank.keys() >= {part(module), part(other)}  # the test above tells of those without a layer
        and rank[part(module)] <= rank[part(other)]
    }
    assert wrong == set()


def test_no_module_imports_itself_in_a_circle(imports: dict[str, set[str]]) -> None:
    """Modules can be put in an order in which each comes after all that it imports."""
    assert len(list(TopologicalSorter(imports).static_order())) == len(imports)


def test_only_the_command_line_knows_strategies_and_reports(imports: dict[str, set[str]]) -> None:
    """Kernel and vendoring work without either; the mock draws values, and what wires all together knows both."""
    wiring = {
        part(module)
        for module, others in imports.items()
        for other in others
        if package(module) == "conformance"
        and package(other) in {"conformance_strategies", "conformance_reports"}
    }
    assert wiring <= WIRING


def test_plugin_and_benchmark_import_nothing_of_the_command_line(imports: dict[str, set[str]]) -> None:
    """What wires a run stands in `session/`, for all alike."""
    plugged = {
        module
        for module, others in imports.items()
        for other in others
        if part(module) in {"suite", "plugin"} and part(other) == "cli"
    }
    wanted = re.compile(r"^\s*(?:from|import) conformance\.cli\b", re.MULTILINE)
    measuring = {path.name for path in sources("bench") if wanted.search(path.read_text())}
    assert (plugged, measuring) == (set(), set())


def test_strategies_and_reports_know_the_kernel_only(imports: dict[str, set[str]]) -> None:
    """Neither knows the other, the mock, vendoring or the CLI."""
    wrong = {
        f"{module} imports {other}"
        for module, others in imports.items()
        for other in others
        if package(module) in {"conformance_strategies", "conformance_reports"}
        and package(module) != package(other)
        and (package(other) != "conformance" or part(other) in NOT_KERNEL)
    }
    assert wrong == set()


def test_no_module_is_long_or_a_drawer_for_everything() -> None:
    """A module has at most 350 lines and a name that says what it is for."""
    files = sources(*FOLDERS, "bench")
    long = {path.name for path in files if len(path.read_text().splitlines()) > MAX_LINES}
    drawers = {path.name for path in files if path.stem in {"utils", "util", "helpers", "misc", "common"}}
    assert (long, drawers) == (set(), set())


def test_nothing_but_the_default_folder_knows_concord() -> None:
    """An API's name stands in `specs/` and in tests; elsewhere it is our own name or the default's path."""
    folders = (*FOLDERS, "bench", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    texts = {
        path: path.read_text()
        for path in [*files, ROOT / "Makefile"]
        if path.suffix != ".pyc" and "results" not in path.parts
    }
    found = {
        (path.relative_to(ROOT).as_posix(), word)
        for path, text in texts.items()
        for word in re.findall(r"[\w-]*concord[\w-]*", text, re.IGNORECASE)
        if word != "concord-conformance"
    }
    assert found == {
        ("conformance/installation.py", "concord-privacy"),
        ("conformance/cli/vendor.py", "concord-privacy"),
        ("conformance/vendor/bundle.py", "concord-privacy"),
    }


def test_help_imports_nothing_heavy() -> None:
    """`conformance --help` answers at once: no library that a command needs is loaded for it."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "conformance", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}
    heavy = {
        "aiohttp", "hypothesis", "allpairspy", "jsonschema", "jsonschema_rs", "openapi_spec_validator",
        "rich", "starlette", "uvicorn", "yaml", "conformance_strategies",
    }  # fmt: skip
    assert "click" in loaded
    assert loaded & heavy == set()
