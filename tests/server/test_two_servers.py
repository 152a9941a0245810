"""Two servers on one PostgreSQL: a limit, a revoked key and a new limit hold in both."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from evidoc.kernel.principal import Scope
from evidoc.operations.keys import KeyOperations
from evidoc.operations.organisations import OrganisationOperations
from evidoc.storing.store import Store
from tests import postgres
from tests.served import Served, serving, until

pytestmark = pytest.mark.skipif(not postgres.IS_THERE, reason="there is no PostgreSQL")

MASTER_KEY = "42" * 32


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    with postgres.running_postgres() as server, postgres.new_database(server) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[tuple[Served, Served]]:
    folder = tmp_path_factory.mktemp("two")
    settings = {"database_url": database_url, "master_key": MASTER_KEY, "requests_per_minute": "40"}
    with serving(folder / "one", **settings) as one, serving(folder / "two", **settings) as two:
        yield one, two


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Store]:
    opened = Store.open(tmp_path_factory.mktemp("beside"), database_url, MASTER_KEY, exclusive=False)
    yield opened
    opened.close()


def test_what_one_server_grants_the_other_does_not_grant_again(servers: tuple[Served, Served], store: Store) -> None:
    org = OrganisationOperations(store).create("Some").org_id
    _, key = KeyOperations(store).create(org, "laptop", {Scope.WRITE})
    with servers[0].client(key) as one, servers[1].client(key) as two, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: (one, two)[number % 2].get("/v1/workflows"), range(130)))
    assert {answer.status_code for answer in answers} == {200, 429}
    for reset in {answer.headers["x-ratelimit-reset"] for answer in answers if answer.status_code == 429}:
        inside = [answer for answer in answers if answer.headers["x-ratelimit-reset"] == reset]
        left = [int(answer.headers["x-ratelimit-remaining"]) for answer in inside if answer.status_code == 200]
        assert sorted(left) == list(range(40))


def test_a_key_revoked_and_a_limit_set_beside_them_hold_in_both(servers: tuple[Served, Served], store: Store) -> None:
    keys = KeyOperations(store)
    org = OrganisationOperations(store).create("Other").org_id
    record, key = keys.create(org, "laptop", {Scope.WRITE})
    with servers[0].client(key) as one, servers[1].client(key) as two:
        asking = [partial(client.get, "/v1/workflows") for client in (one, two)]
        assert [ask().status_code for ask in asking] == [200, 200]
        OrganisationOperations(store).limit(org, 5000)
        for ask in asking:
            until(ask, lambda answer: answer.headers["x-ratelimit-limit"] == "5000")
        keys.revoke(org, record.key_id)
        for ask in asking:
            until(ask, lambda answer: answer.status_code == 401)
            assert ask().status_code == 401
