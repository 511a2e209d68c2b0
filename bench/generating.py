"""Generation: valid payloads a CPU second, by our strategies and by the peer's, and how many are distinct."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any, Final

from effort import Effort
from measure import said
from table import Row, Section

from conformance.contract.contract import Contract
from conformance.contract.requests import request_contract
from conformance.openapi.operation import Operation
from conformance.session.loading import load_operations

_CONTENDERS: Final = ("ours", "schemathesis")


def measured(effort: Effort) -> Section:
    """Draw from each body's strategies in turn, each time in a process of its own."""
    rows: list[Row] = []
    for document in effort.documents:
        drawn: dict[str, list[dict[str, float]]] = {name: [] for name in _CONTENDERS}
        for number in range(effort.turns):
            print(f"generation {number + 1} of {effort.turns}: {document.stem}", file=sys.stderr)
            for name in _CONTENDERS:
                drawn[name].append(_in_a_process(name, document, effort.payloads))
        for name, turns in drawn.items():
            rows += [
                Row(f"{document.stem}, {name}", "valid/CPU s", _figure(turns, "rate"), "{:,.0f}"),
                Row("", "% valid", _figure(turns, "valid"), "{:.0f}"),
                Row("", "% distinct", _figure(turns, "distinct"), "{:.0f}"),
            ]
    return Section(f"Generation, {effort.payloads} payloads of each body", tuple(rows))


def _figure(turns: list[dict[str, float]], name: str) -> tuple[float, ...]:
    return tuple(turn[name] for turn in turns)


def _in_a_process(name: str, document: Path, count: int) -> dict[str, float]:
    told: dict[str, float] = said([sys.executable, __file__, name, str(document), str(count)])
    return told


def _ours(document: Path) -> Any:
    from conformance_strategies import valid_values

    contract = _contract(load_operations((document,))[0])
    return valid_values(contract.schema, root=contract.root)


def _theirs(document: Path) -> Any:
    """Return the peer's strategy for the body alone, as ours is; a whole case would draw the rest as well."""
    import schemathesis
    from schemathesis.config import GenerationConfig
    from schemathesis.core.result import Ok

    schema = schemathesis.openapi.from_path(document)
    found = next(iter(schema.get_all_operations()))
    assert isinstance(found, Ok)  # noqa: S101 -- our own documents can be read
    operation = found.ok()
    body = next(iter(operation.body))
    return body.get_strategy(operation, GenerationConfig(), schemathesis.GenerationMode.POSITIVE)


def _contract(operation: Operation) -> Contract:
    contract = request_contract(operation)
    assert contract is not None  # noqa: S101 -- our own documents describe a body
    return contract


def _drawn(strategy: Any, count: int) -> tuple[list[Any], float]:
    """Return what Hypothesis draws in so many examples, and the CPU seconds that it takes."""
    from hypothesis import HealthCheck, Phase, given, settings

    values: list[Any] = []

    @settings(
        max_examples=count, database=None, deadline=None, derandomize=True, phases=(Phase.generate,),
        suppress_health_check=tuple(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def draw(value: Any) -> None:
        values.append(value)

    started = process_time()
    draw()
    return values, process_time() - started


def _measure(name: str, document: Path, count: int) -> dict[str, float]:
    make: Callable[[Path], Any] = {"ours": _ours, "schemathesis": _theirs}[name]
    values, seconds = _drawn(make(document), count)
    judge = _contract(load_operations((document,))[0])
    texts = [json.dumps(value, sort_keys=True, default=str) for value in values]
    valid = [text for text, value in zip(texts, values, strict=True) if judge.accepts(value)]
    return {
        "rate": len(valid) / seconds,
        "valid": 100 * len(valid) / len(values),
        "distinct": 100 * len(set(valid)) / len(values),
    }


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
