"""`conformance drift --overlay`: a lawful Overlay 1.0, and the document it makes agrees with the service.

oas-patch, an implementation of others, holds the official schema and applies the overlays.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml
from oas_patch.overlay import apply_overlay

from conformance.cli.entry import main
from conformance.openapi.document import load
from conformance.session.loading import BUNDLED
from conformance.session.settings import Settings
from tests.har.record import RECORDED
from tests.support.inprocess import Wire, service
from tests.support.sharded import chosen, planned, recorded, wire

SCHEMA: Final = yaml.safe_load((files("oas_patch") / "schema" / "overlay_schema_1.0.0.yml").read_text())
PROPOSED: Final = {
    "trackers-name-max-257": 1,
    "trackers-name-max-255": 1,
    "trackers-type-member-lost": 1,
    "trackers-extra-member": 1,
    "trackers-batch-lost": 1,
    "trackers-rejection-418": 1,
    "consent-types-answer-extra-member": 1,
    "projects-status-202": 1,
    "projects-html": 1,
    "projects-slug-lost": 1,
}
"""Faults, and how many actions make the document say what the faulty service does.

Not those whose action updates an item of a list, such as `anyOf[1]`: oas-patch 0.6.0 cannot.
"""


def applied(overlay: Path, document: Path, folder: Path) -> Path:
    """Return a copy of the document with a lawful overlay applied."""
    made = yaml.safe_load(overlay.read_text())
    jsonschema.validate(made, SCHEMA)
    assert (overlay.parent / made["extends"]).resolve() == document.resolve()
    changed = folder / document.name
    changed.write_text(json.dumps(apply_overlay(load(document).content, made)))
    return changed


def drift(run: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    main(["drift", "--observed", str(run), "--format", "json", *options])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


@pytest.mark.parametrize("fault", PROPOSED)
def test_a_service_agrees_with_the_document_that_its_overlay_makes(
    fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The suite of the changed document, run against the same faulty mock, finds nothing any more."""
    operation = next(n for n in ("trackers", "projects", "consent-types") if fault.startswith(n))
    choice, overlay = chosen(operation), tmp_path / "overlay.yaml"
    run = recorded(choice, wire(choice, fault), tmp_path / "before")
    assert drift(run, capsys, "--overlay", str(overlay))["verdict"] != "none"
    assert len(yaml.safe_load(overlay.read_text())["actions"]) == PROPOSED[fault]
    changed = applied(overlay, BUNDLED / f"{operation}.yaml", tmp_path)
    again = Settings(specs=(changed,), globs=(operation,))
    sender = Wire(service(BUNDLED, [fault]), planned(again).operations)
    run = recorded(again, sender, tmp_path / "after")
    told = drift(run, capsys, "--spec", str(changed))
    assert (told["verdict"], told["changes"]) == ("none", [])


def test_recorded_traffic_agrees_with_the_documents_that_its_overlays_make(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stays is what has no proposal: a refusal, whose reason traffic cannot tell for certain."""
    overlays = tmp_path / "overlays"
    main(["drift", "--har", str(RECORDED), "--overlay", str(overlays)])
    assert sorted(path.name for path in overlays.iterdir()) == [
        "consent-types.overlay.yaml", "projects.overlay.yaml", "trackers.overlay.yaml",
    ]  # fmt: skip
    for path in overlays.iterdir():
        applied(path, BUNDLED / path.name.replace(".overlay", ""), tmp_path)
    (tmp_path / "compliance-requests.yaml").write_bytes((BUNDLED / "compliance-requests.yaml").read_bytes())
    capsys.readouterr()
    main(["drift", "--har", str(RECORDED), "--spec", str(tmp_path), "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert [row["rule"] for row in told["changes"]] == ["service-stricter"]


def test_a_file_is_for_one_document_and_nothing_to_propose_leaves_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = tmp_path / "overlay.json"
    assert main(["drift", "--har", str(RECORDED), "--overlay", str(overlay)]) == 2
    assert "name a folder" in capsys.readouterr().err
    overlay.write_text("of an earlier run")
    choice = chosen("trackers")
    run = recorded(choice, wire(choice), tmp_path / "run")
    assert main(["drift", "--observed", str(run), "--overlay", str(overlay)]) == 0
    assert capsys.readouterr().err == f"{overlay}: not written, nothing to propose\n"
    assert not overlay.exists()
