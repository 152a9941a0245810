"""Answers a second to those who read, over several connections that stay open.

Three servers stand side by side and are asked in turns: Evidoc with an API key, Evidoc without any, and FastAPI
alone that gives the same JSON from memory. Only one is asked at a time; the client shares their two processors.
"""

import base64
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.measurement import Measurement
from benchmarks.served import Served, answering, serving
from evidoc.cli.sample_invoice import sample_invoice
from evidoc.kernel.principal import DEFAULT_ORG, Scope
from evidoc.operations.keys import KeyOperations
from evidoc.storing.store import Store

CONNECTIONS = 4
ROUNDS = 3
SECONDS = float(os.environ.get("EVIDOC_BENCH_READ_SECONDS", "1.0"))
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.02
_UNLIMITED = {"requests_per_minute": "1000000000", "keyless_requests_per_minute": "1000000000"}


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of thing that is read: its name, and its path on a server that has one."""

    name: str
    path: str


def measure() -> Iterator[Measurement]:
    """Reads of a run, a flow and a document."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as closing_all:
        folder = Path(name)
        secret = _make_key(folder / "keyed")
        keyed = closing_all.enter_context(serving(folder / "keyed", settings=_UNLIMITED))
        keyless = closing_all.enter_context(serving(folder / "keyless", settings=_UNLIMITED))
        with_key = {"X-Api-Key": secret}
        kinds, kinds_keyless = _prepare(keyed, with_key), _prepare(keyless, {})
        for kind, kind_keyless in zip(kinds, kinds_keyless, strict=True):
            answer = folder / "answer.json"
            answer.write_text(json.dumps(_get(keyed, kind.path, with_key)))
            with answering(["-m", "benchmarks.bare", str(answer)], folder / "bare.log") as bare:
                asked: tuple[tuple[Served, str, dict[str, str]], ...] = (
                    (keyed, kind.path, with_key),
                    (keyless, kind_keyless.path, {}),
                    (bare, "/things/1", {}),
                )
                rounds = [[_rate(*one) for one in asked] for _ in range(ROUNDS)]
            found = [statistics.median(rates) for rates in zip(*rounds, strict=True)]
            what = f"GET of {kind.name} with a key, {CONNECTIONS} connections"
            yield Measurement(what, "answers/s", found[0], found[2], "a bare FastAPI route, same body")
            yield Measurement("the same", "answers/s", found[0], found[1], "without keys")


def _make_key(data: Path) -> str:
    with closing(Store.open(data)) as store:
        return KeyOperations(store).create(DEFAULT_ORG, "reads", [Scope.READ, Scope.WRITE])[1]


def _prepare(server: Served, headers: dict[str, str]) -> list[_Kind]:
    """A run that completed, its flow and its document, processed."""
    body = {"input": {"document": {"base64": base64.b64encode(sample_invoice()).decode()}}, "wait": True}
    with httpx.Client(base_url=server.url, headers=headers, timeout=_PATIENCE_SECONDS, trust_env=False) as client:
        run = client.post("/api/v1/flows/invoice-extractor/run", json=body).raise_for_status().json()
        document = f"/v1/documents/{run['documentId']}"
        while client.get(document).raise_for_status().json()["status"] != "processed":
            time.sleep(_PAUSE_SECONDS)
    return [
        _Kind("a run", f"/api/v1/runs/{run['id']}"),
        _Kind("a flow", "/api/v1/flows/invoice-extractor"),
        _Kind("a document", document),
    ]


def _get(server: Served, path: str, headers: dict[str, str]) -> object:
    return httpx.get(server.url + path, headers=headers, timeout=_PATIENCE_SECONDS).raise_for_status().json()


def _rate(server: Served, path: str, headers: dict[str, str]) -> float:
    """Answers a second over all connections, in about SECONDS; a few before that are not counted."""
    counts: list[int] = []
    together = threading.Barrier(CONNECTIONS + 1)

    def ask() -> None:
        address = urlsplit(server.url)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=_PATIENCE_SECONDS)
        with closing(connection):
            for _ in range(5):
                _ask(connection, path, headers)
            together.wait(_PATIENCE_SECONDS)
            count, until = 0, time.perf_counter() + SECONDS
            while time.perf_counter() < until:
                _ask(connection, path, headers)
                count += 1
            counts.append(count)

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    together.wait(_PATIENCE_SECONDS)
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if len(counts) != CONNECTIONS:
        raise SystemExit(f"not every connection was answered: {path}")
    return sum(counts) / (time.perf_counter() - began)


def _ask(connection: HTTPConnection, path: str, headers: dict[str, str]) -> None:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(f"GET {path} was answered with {answer.status}")
