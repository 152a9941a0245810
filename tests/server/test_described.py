"""The server's own OpenAPI document, held against the server: what it allows to send is sent, and what it forbids."""

from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.served import PATIENCE, Served

SHARES = 6
"""Into how many tests the operations are dealt, so that they can run side by side."""

EXAMPLES = 10
"""For each operation, of requests that fit its description, and again of requests that do not."""

PROMISES = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.parametrize("share", range(SHARES))
def test_every_answer_is_one_that_the_description_tells_of(server: Served, share: int) -> None:
    described = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > SHARES
    for operation in operations[share::SHARES]:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _ask(operation, mode)


def _ask(operation: Any, mode: GenerationMode) -> None:
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def answers_as_described(case: Any) -> None:
        case.call_and_validate(checks=PROMISES, timeout=PATIENCE)

    try:
        answers_as_described()
    except hypothesis.errors.Unsatisfiable:
        # There is nothing that the description of this operation forbids.
        assert mode is GenerationMode.NEGATIVE
