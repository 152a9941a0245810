"""kill -9 of a real server, again and again, during 200 messages: every one arrives."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from evidoc.kernel.principal import DEFAULT_ORG
from evidoc.storing.store import Store
from tests.contracts.doclo.wire import document, tasks_flow
from tests.reaching.receivers import answer, receiving, request_headers
from tests.served import PATIENCE, environment, until

MESSAGES, RUNS, KILLS = 200, 12, 4


class Mortal:
    """A server that is killed and started anew, on the same folder."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._log = data.with_suffix(".log").open("wb")
        self.url = ""
        self.start()

    def start(self) -> None:
        # Those who ask meanwhile find nobody there, and ask again.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "evidoc", "serve", "--port", "0", "--data", str(self._data)],
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment({"allowed_hosts": "127.0.0.1", "webhook_retry_seconds": "0,0.2,0.2,0.2,0.2,0.2"}),
        )
        assert self._process.stdout is not None
        ready = re.search(r"http://\S+", self._process.stdout.readline().decode())
        assert ready
        self.url = ready[0]

    def kill(self) -> None:
        os.kill(self._process.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def forget(self) -> None:
        self.close()
        self._log.close()


@contextmanager
def mortal(data: Path) -> Iterator[Mortal]:
    server = Mortal(data)
    try:
        yield server
    finally:
        server.forget()


def start_run(server: Mortal, flow: str, number: int, hook: str) -> str:
    """Ask for a run until the answer is there; the key makes it one run, however often it was asked for."""
    body = {
        "input": {"document": document(f"parcel {number}".encode())},
        "webhookUrl": hook,
        "idempotencyKey": f"run {number}",
    }

    def ask() -> str | None:
        try:
            answered = httpx.post(f"{server.url}/api/v1/flows/{flow}/run", json=body, timeout=PATIENCE, trust_env=False)
        except httpx.TransportError:
            return None
        run_id: str = answered.raise_for_status().json()["id"]
        return run_id

    return str(until(ask, lambda run_id: run_id is not None))


def test_no_message_is_lost_however_often_the_server_is_killed(tmp_path: Path) -> None:
    seen: set[str] = set()
    came = threading.Condition()

    def behave(link: socket.socket, request: bytes) -> None:
        with came:
            seen.add(request_headers(request)["webhook-id"])
            came.notify_all()
        link.sendall(answer())

    def wait_for(count: int) -> None:
        with came:
            assert came.wait_for(lambda: len(seen) >= count, PATIENCE), len(seen)

    data = tmp_path / "data"
    with receiving(behave) as receiver, mortal(data) as server, ThreadPoolExecutor(4) as pool:
        hook = f"http://{receiver.at}/"
        with httpx.Client(base_url=server.url, timeout=PATIENCE, trust_env=False) as client:
            flow = tasks_flow(client, {"id": "read", "type": "document_parser"})
        first = start_run(server, flow, 0, hook)
        wait_for(1)
        with opened(data) as store, store.database.write() as on:
            told = store.runs.get(DEFAULT_ORG, first, on=on)
            for _ in range(MESSAGES - RUNS):
                store.deliveries.add(told, "run.completed", on)
        # From here on the server is killed at random moments, while it starts runs and sends messages.
        asked = [pool.submit(start_run, server, flow, number, hook) for number in range(1, RUNS)]
        server.kill()
        for moment in sorted(random.sample(range(2, MESSAGES - RUNS), KILLS)):
            server.start()
            wait_for(moment)
            server.kill()
        server.start()
        runs = {first, *(each.result() for each in asked)}
        wait_for(MESSAGES)
        with opened(data) as store:
            until(lambda: store.deliveries.unfinished(), lambda left: not left)
            pages = [store.deliveries.list(DEFAULT_ORG, 100, offset) for offset in range(0, MESSAGES, 100)]
    deliveries = [delivery for page in pages for delivery in page.items]
    assert len(runs) == RUNS
    assert {delivery.run_id for delivery in deliveries} == runs
    assert {delivery.delivery_id for delivery in deliveries} == seen
    assert {delivery.event for delivery in deliveries} == {"run.completed"}


@contextmanager
def opened(data: Path) -> Iterator[Store]:
    """What the server keeps, beside it."""
    store = Store.open(data, exclusive=False)
    try:
        yield store
    finally:
        store.close()
