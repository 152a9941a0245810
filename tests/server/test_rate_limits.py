"""Requests a minute, on a real server: exact under many at once, told with every answer, changed while it runs."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.contracts.clary.wire import refused
from tests.served import Served, serving, until


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("limited") / "data", requests_per_minute="40") as served:
        yield served


def make_client(served: Served, *options: str) -> httpx.Client:
    """A client of an organisation of its own, whose minute nobody else uses up."""
    return served.client(served.make_key("laptop", "--org", served.evidoc("orgs", "create", "Some"), *options))


def rate(answer: httpx.Response) -> tuple[int, int, int]:
    limit, remaining, reset = (answer.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "reset"))
    return int(limit), int(remaining), int(reset)


def used_up(client: httpx.Client) -> httpx.Response:
    """The refusal, once the minute's requests are used up."""
    answer: httpx.Response = until(lambda: client.get("/v1/workflows"), lambda answer: answer.status_code != 200)
    return answer


def test_many_at_once_are_let_through_exactly_as_often_as_the_limit_says(limited: Served) -> None:
    with make_client(limited) as client, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client.get("/v1/workflows"), range(130)))
    granted = Counter(rate(answer)[2] for answer in answers if answer.status_code == 200)
    refusals = Counter(rate(answer)[2] for answer in answers if answer.status_code == 429)
    assert granted.total() + refusals.total() == 130
    assert refusals
    assert all(granted[reset] == 40 for reset in refusals), (granted, refusals)
    for reset in refusals:
        left = sorted(rate(answer)[1] for answer in answers if answer.status_code == 200 and rate(answer)[2] == reset)
        assert left == list(range(40))


def test_a_refusal_says_when_to_come_back_in_the_words_of_each_contract(limited: Served) -> None:
    with make_client(limited) as client:
        answer = used_up(client)
        error = refused(answer, 429)
        assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limited")
        assert rate(answer)[:2] == (40, 0)
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert abs(time.time() + int(answer.headers["retry-after"]) - rate(answer)[2]) < 5
        other = client.get("/api/v1/flows")
        assert other.status_code == 429
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
    limited: Served, method: str, path: str, status: int
) -> None:
    with limited.client(_shared_key(limited)) as client:
        before = rate(client.get("/v1/workflows"))
        answer = client.request(method, path)
        assert answer.status_code == status
        after = rate(answer)
    assert after[2] > before[2] or after[1] == before[1] - 1


_KEYS: dict[str, str] = {}


def _shared_key(served: Served) -> str:
    if served.url not in _KEYS:
        _KEYS[served.url] = served.make_key("spelled", "--org", served.evidoc("orgs", "create", "Spelled"))
    return _KEYS[served.url]


def test_what_needs_no_key_is_not_counted_and_neither_is_who_has_none(limited: Served) -> None:
    with limited.client() as anyone:
        for path in ("/health", "/docs", "/openapi.json", "/v1/workflows"):
            assert "x-ratelimit-limit" not in anyone.get(path).headers


def test_a_limit_that_is_set_while_the_server_runs_holds_soon(limited: Served) -> None:
    org = limited.evidoc("orgs", "create", "Growing")
    with limited.client(limited.make_key("laptop", "--org", org)) as client:
        assert used_up(client).status_code == 429
        limited.evidoc("orgs", "limit", org, "500")
        answer = until(lambda: client.get("/v1/workflows"), lambda answer: answer.status_code == 200)
        assert rate(answer)[0] == 500
        limited.evidoc("orgs", "limit", org, "--default")
        until(lambda: client.get("/v1/workflows"), lambda answer: rate(answer)[0] == 40)


def test_one_organisation_does_not_use_up_the_minute_of_another(limited: Served) -> None:
    with make_client(limited) as greedy, make_client(limited) as other:
        used_up(greedy)
        assert other.get("/v1/workflows").status_code == 200


def test_without_keys_this_machine_may_ask_far_more_often(client: httpx.Client) -> None:
    assert rate(client.get("/v1/workflows"))[0] == 100_000
