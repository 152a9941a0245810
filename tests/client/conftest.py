from collections.abc import Iterator

import pytest

from tests.client.both import Ask, awaiting, blocking
from tests.client.flaky import Way, way_to
from tests.served import Served


@pytest.fixture(params=[blocking, awaiting])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Each of the two clients: ``ask(url, lambda client: ...)``."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def way(server: Served) -> Iterator[Way]:
    """A way to the real server, on which things can go wrong."""
    with way_to(server.url) as way:
        yield way


@pytest.fixture
def nowhere() -> Iterator[Way]:
    """A server that answers as it is told."""
    with way_to() as way:
        yield way
