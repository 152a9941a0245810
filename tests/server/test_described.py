"""The server's own OpenAPI document, held against the server: what it allows to send is sent, and what it forbids.

Once without keys, with whatever fits the description, and with what does not; once with a key and things that are
there, so that every route also gives what was asked for, and with no key and a used up one.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from evidoc.kernel.principal import DEFAULT_ORG, Scope
from evidoc.operations.keys import KeyOperations
from evidoc.operations.organisations import OrganisationOperations
from evidoc.storing.store import Store
from tests.reaching.receivers import answer, receiving, saying
from tests.served import PATIENCE, Served, serving, until
from tests.server.every_route import NOTE, ROUTES, TASKS
from tests.server.two_organisations import furnished

SHARES = 4
"""Into how many tests the operations are dealt, so that they can run side by side."""

EXAMPLES = 10
"""For each operation, of requests that fit its description, and again of requests that do not."""

PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

CANCEL = "POST /api/v1/runs/{run_id}/cancel"
"""What the run that is there has ended for."""

RATE = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}


@dataclass(frozen=True)
class Keyed:
    """A server with keys: one that opens everything, one whose minute is used up, and things that the first sees."""

    url: str
    key: str
    used_up: str
    things: dict[str, str]


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    data = tmp_path_factory.mktemp("described") / "data"
    with (
        serving(data, requests_per_minute="1000000", allowed_hosts="127.0.0.1") as served,
        receiving(saying(answer())) as receiver,
    ):
        store = Store.open(data, exclusive=False)
        poor = OrganisationOperations(store).create("Poor").org_id
        OrganisationOperations(store).limit(poor, 1)
        key, used_up = (KeyOperations(store).create(org, "a key", {Scope.WRITE})[1] for org in (DEFAULT_ORG, poor))
        store.close()
        with served.client(key) as client:
            things, _ = furnished(client, f"http://{receiver.at}/")
        yield Keyed(served.url, key, used_up, things)


@cache
def operations_of(url: str) -> tuple[Any, ...]:
    """What the description of a server tells of, and what removes things last."""
    described = schemathesis.openapi.from_url(f"{url}/openapi.json")
    found = [one.ok() for one in described.get_all_operations()]
    return tuple(sorted(found, key=lambda operation: operation.method == "delete"))


@pytest.mark.parametrize("share", range(SHARES))
def test_every_answer_is_one_that_the_description_tells_of(server: Served, share: int) -> None:
    operations = operations_of(server.url)
    assert {_name(operation) for operation in operations} == ROUTES.keys()
    for operation in operations[share::SHARES]:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for case in _cases(operation, mode, EXAMPLES):
                case.call_and_validate(checks=PROMISES, timeout=PATIENCE)


def test_with_a_key_every_route_gives_what_it_promises_and_tells_the_rate(keyed: Keyed) -> None:
    headers = {"Authorization": f"Bearer {keyed.key}"}
    for operation in operations_of(keyed.url):
        seen = set()
        for case in _cases(operation, GenerationMode.POSITIVE, 3):
            _name_what_is_there(case, keyed.things)
            found = case.call_and_validate(checks=PROMISES, headers=headers, timeout=PATIENCE)
            assert found.headers.keys() >= RATE or not ROUTES[_name(operation)].needs_key, _name(operation)
            seen.add(found.status_code)
        assert any(status < 300 for status in seen) or (_name(operation) == CANCEL and seen == {409}), (
            _name(operation),
            seen,
        )


def test_no_key_and_too_many_requests_are_answered_as_the_description_tells(keyed: Keyed) -> None:
    for operation in operations_of(keyed.url):
        if not ROUTES[_name(operation)].needs_key:
            continue
        (case, *_) = _cases(operation, GenerationMode.POSITIVE, 1)
        assert case.call_and_validate(checks=PROMISES, timeout=PATIENCE).status_code == 401

        def ask(case: Any = case) -> Any:
            headers = {"X-Api-Key": keyed.used_up}
            return case.call_and_validate(checks=PROMISES, headers=headers, timeout=PATIENCE)

        refused = until(ask, lambda found: found.status_code == 429)
        assert refused.headers.keys() >= RATE | {"retry-after"}


def _name(operation: Any) -> str:
    return f"{operation.method.upper()} {operation.path}"


def _cases(operation: Any, mode: GenerationMode, most: int) -> list[Any]:
    """So many requests to an operation, always the same; none where the description forbids nothing."""
    cases: list[Any] = []

    @hypothesis.settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:
        cases.append(case)

    try:
        collect()
    except hypothesis.errors.Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE
    return cases


def _name_what_is_there(case: Any, things: dict[str, str]) -> None:
    """Put things that are there, and a document that is one, in place of whatever fits the description."""
    for name in case.path_parameters or ():
        case.path_parameters[name] = things[name.removesuffix("_id")]
    if not isinstance(case.body, dict):
        return
    if "document_id" in case.body:
        case.body["document_id"] = things["document"]
    if isinstance(given := case.body.get("input"), dict):
        given["document"] = {"base64": base64.b64encode(NOTE).decode()}
    if "definition" in case.body:
        case.body["definition"] = TASKS
