"""Requests a minute, on a real server: exact under many at once, told with every answer, changed while it runs."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from evidoc.kernel.principal import Scope
from evidoc.operations.keys import KeyOperations
from evidoc.operations.organisations import OrganisationOperations
from evidoc.storing.store import Store
from tests.contracts.clary.wire import refused
from tests.served import Served, serving, until


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("limited") / "data", requests_per_minute="40") as served:
        yield served


@pytest.fixture(scope="module")
def store(limited: Served) -> Iterator[Store]:
    """What the server keeps, opened by a process beside it, as the command line does."""
    opened = Store.open(limited.data, exclusive=False)
    yield opened
    opened.close()


@pytest.fixture
def org(store: Store) -> str:
    """An organisation whose minute nobody else uses up."""
    return OrganisationOperations(store).create("Some").org_id


@pytest.fixture
def own(limited: Served, store: Store, org: str) -> Iterator[httpx.Client]:
    with make_client(limited, store, org) as client:
        yield client


def make_client(served: Served, store: Store, org: str) -> httpx.Client:
    return served.client(KeyOperations(store).create(org, "laptop", {Scope.WRITE})[1])


def rate(answer: httpx.Response) -> tuple[int, int, int]:
    limit, remaining, reset = (answer.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "reset"))
    return int(limit), int(remaining), int(reset)


def used_up(client: httpx.Client) -> httpx.Response:
    """The refusal, once the minute's requests are used up."""
    answer: httpx.Response = until(lambda: client.get("/v1/workflows"), lambda answer: answer.status_code != 200)
    return answer


def test_many_at_once_are_let_through_exactly_as_often_as_the_limit_says(own: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: own.get("/v1/workflows"), range(130)))
    granted = Counter(rate(answer)[2] for answer in answers if answer.status_code == 200)
    refusals = Counter(rate(answer)[2] for answer in answers if answer.status_code == 429)
    assert granted.total() + refusals.total() == 130
    assert refusals
    assert all(granted[reset] == 40 for reset in refusals), (granted, refusals)
    for reset in refusals:
        left = sorted(rate(answer)[1] for answer in answers if answer.status_code == 200 and rate(answer)[2] == reset)
        assert left == list(range(40))


def test_a_refusal_says_when_to_come_back_in_the_words_of_each_contract(own: httpx.Client) -> None:
    answer = used_up(own)
    error = refused(answer, 429)
    assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limited")
    assert rate(answer)[:2] == (40, 0)
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert abs(time.time() + int(answer.headers["retry-after"]) - rate(answer)[2]) < 5
    other = until(lambda: own.get("/api/v1/flows"), lambda answer: answer.status_code == 429)
    assert other.json()["error"]["code"] == "RATE_LIMITED"
    assert int(other.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/workflows", 200),
        ("HEAD", "/v1/workflows", 200),
        ("OPTIONS", "/v1/workflows", 204),
        ("DELETE", "/v1/workflows", 405),
        ("GET", "/v1/documents/doc_none", 404),
        ("GET", "/v1//workflows", 404),
        ("GET", "/v1/WORKFLOWS", 404),
        ("GET", "/v1/%77orkflows", 200),
        ("POST", "/v1/workflows", 400),
        ("GET", "/v1/workflows?limit=x", 400),
        ("GET", "/nothing", 404),
    ],
)
def test_every_request_counts_however_it_is_spelled_and_answered(
    own: httpx.Client, method: str, path: str, status: int
) -> None:
    before = rate(own.get("/v1/workflows"))
    answer = own.request(method, path)
    assert answer.status_code == status
    after = rate(answer)
    assert after[2] > before[2] or after[1] == before[1] - 1


def test_what_needs_no_key_is_not_counted_and_neither_is_who_has_none(limited: Served, own: httpx.Client) -> None:
    with limited.client() as anyone:
        for path in ("/health", "/docs", "/openapi.json", "/v1/workflows"):
            assert "x-ratelimit-limit" not in anyone.get(path).headers


def test_a_limit_that_is_set_while_the_server_runs_holds_soon(own: httpx.Client, store: Store, org: str) -> None:
    organisations = OrganisationOperations(store)
    assert used_up(own).status_code == 429
    organisations.limit(org, 500)
    until(lambda: own.get("/v1/workflows"), lambda answer: rate(answer)[0] == 500 and answer.status_code == 200)
    organisations.limit(org, None)
    until(lambda: own.get("/v1/workflows"), lambda answer: rate(answer)[0] == 40)


def test_one_organisation_does_not_use_up_the_minute_of_another(
    limited: Served, store: Store, own: httpx.Client
) -> None:
    with make_client(limited, store, OrganisationOperations(store).create("Other").org_id) as other:
        used_up(own)
        assert other.get("/v1/workflows").status_code == 200


def test_without_keys_this_machine_may_ask_far_more_often(client: httpx.Client) -> None:
    assert rate(client.get("/v1/workflows"))[0] == 100_000
