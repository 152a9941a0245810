"""kill -9 while a flow runs on each section: every section ends once, and the run as it would have."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.open_house import INVOICE_LINES
from tests.flows.public_flows import (
    LETTER_LINES,
    NUMBER_AND_TOTAL,
    SECOND_INVOICE,
    for_each,
    public_flow,
    step,
    write_pages,
)
from tests.flows.test_kills import Server

FLOW = public_flow(
    for_each(
        "each",
        ["invoice", "letter"],
        public_flow(step("parse", "parse"), step("x", "extract", schema=NUMBER_AND_TOTAL), step("item", "output")),
    ),
    step("all", "combine", strategy="concatenate"),
)


class Parcel:
    """A data folder, a file of three documents, and the servers that ran on them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pdf = write_pages(folder / "parcel.pdf", INVOICE_LINES, LETTER_LINES, SECOND_INVOICE)
        self.servers: list[Server] = []

    def begin(self, hold: str) -> Server:
        """Start a server that receives the file and runs the flow on it."""
        return self._start(hold, str(self._pdf), json.dumps(FLOW))

    def go_on(self, hold: str = "") -> Server:
        """Start a server on what the last one left."""
        return self._start(hold)

    def _start(self, hold: str, *more: str) -> Server:
        self.servers.append(Server(self._folder / "data", hold, *more))
        return self.servers[-1]


@pytest.fixture
def parcel(tmp_path: Path) -> Iterator[Parcel]:
    made = Parcel(tmp_path)
    yield made
    for server in made.servers:
        server.close()


def ended(server: Server) -> Any:
    return json.loads(server.next("ended"))


def without_what_differs(told: Any) -> Any:
    return json.loads(re.sub(r'"(\w+_[0-9A-Z]{26}|\d{4}-\d\d-\d\dT[\d:.]+Z)"', '""', json.dumps(told)))


@pytest.mark.parametrize("moments", [["x"], ["item", "each"]])
def test_a_run_goes_on_with_the_children_it_had(parcel: Parcel, moments: list[str]) -> None:
    server = parcel.begin(moments[0])
    server.next("accepted")
    server.next("reached")
    for moment in (*moments[1:], ""):
        server.kill()
        server = parcel.go_on(moment)
        if moment:
            server.next("reached")
    told = ended(server)
    assert told["run"] == "completed"
    # Every section has one run, and each of its tasks one try: what a kill interrupted is not counted twice.
    assert told["children"] == [["completed", [["completed", 1]] * 3]] * 3
    (status, attempts, output) = told["tasks"]["all"]
    assert (status, attempts) == ("completed", 1)
    assert [item.get("invoice_number") for item in output["value"]] == ["NW-2024-118", None, "NW-2024-119"]
