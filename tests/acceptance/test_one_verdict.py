"""Every fault of the mock gets one verdict: table, exit code, JUnit, SARIF, summary and pytest agree."""

from __future__ import annotations

import pytest

from conformance.mock.faults import Fault
from conformance.sending.target import Target
from tests.acceptance.test_faults import FAULTS, plan_of
from tests.support.inprocess import exchange, service
from tests.support.one_verdict import assert_one_verdict, report_of


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_told_alike_by_every_way_out(fault: Fault) -> None:
    made = plan_of(fault.operation)
    (operation,) = made.operations
    mock = service(operation.document.path, [fault.name])
    exchanges = {case.id: exchange(mock, operation, case) for case in made.cases}
    target = Target("http://mock", path_params=dict(mock.path_params))
    assert_one_verdict(made, report_of(made, exchanges, target), target)
