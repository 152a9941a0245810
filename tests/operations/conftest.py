from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.open_house import OpenHouse, open_house, write_pdf


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHouse]:
    with open_house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    return write_pdf(tmp_path / "invoice.pdf")
