"""Webhooks a second: messages of the outbox, each composed, signed, sent through the guarded way and noted.

One receiver on this machine, in a process of its own, which gets four at once as any receiver does. Beside it the
same number of plain POSTs of the same size, four at once over connections that are opened anew as well.
"""

import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.measurement import Measurement
from benchmarks.served import answering
from evidoc.delivering.webhooks import WebhookSender
from evidoc.flows.deliver import DELIVERY_JOB, Delivering
from evidoc.flows.engine.durable import Durable, Lane
from evidoc.flows.engine.engine import Engine, Job
from evidoc.kernel import clock
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import DEFAULT_ORG
from evidoc.kernel.records import DeliveryStatus, FlowRecord, FlowStatus, RunRecord, RunStatus, Webhook
from evidoc.reaching.allowed_hosts import AllowedHosts
from evidoc.reaching.fetcher import Fetcher, FetchLimits
from evidoc.storing.store import Store

MESSAGES = int(os.environ.get("EVIDOC_BENCH_WEBHOOKS", "100"))
ROUNDS = 3
AT_ONCE = 4
_PATIENCE_SECONDS = 120.0
_BODY = {"event": "run.completed", "output": "x" * 2_000}


def measure() -> Iterator[Measurement]:
    """Messages a second to one receiver."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as undo:
        folder = Path(name)
        answer = folder / "answer.json"
        answer.write_text("{}")
        url = undo.enter_context(answering(["-m", "benchmarks.bare", str(answer)], folder / "bare.log")).url
        store = Store.open(folder / "data")
        undo.callback(store.close)
        outbox = _Outbox(folder, store, f"{url}/hook")
        undo.callback(outbox.close)
        outbox.send(AT_ONCE)
        ours, plain = [], []
        for _ in range(ROUNDS):
            plain.append(_plain(f"{url}/hook"))
            ours.append(outbox.send(MESSAGES))
    yield Measurement(
        "webhooks to one receiver",
        "messages/s",
        statistics.median(ours),
        statistics.median(plain),
        f"plain POSTs, {AT_ONCE} at once",
    )


class _Outbox:
    """A house that has one run, of whose end any number of messages tell."""

    _engine: Engine

    def __init__(self, folder: Path, store: Store, hook: str) -> None:
        self._store = store
        self._delivering = Delivering(
            store,
            WebhookSender(Fetcher(AllowedHosts.parse("127.0.0.1"), FetchLimits())),
            {"doclo": lambda delivery, at: _BODY},
            lambda *order, **when: self._engine.submit(*order, **when),
        )
        job = Job(self._perform, self._delivering.unfinished, self._delivering.abandon, "webhooks")
        lanes = {"webhooks": Lane(8 * AT_ONCE, of_a_group=AT_ONCE)}
        self._engine = Engine(f"sqlite:///{folder / 'engine.sqlite'}", {DELIVERY_JOB: job}, lanes=lanes)
        self._run = _kept_run(store, hook)
        self._noted = threading.Semaphore(0)
        self._engine.start()

    def send(self, count: int) -> float:
        """Messages a second, from the commit that adds them until the last has arrived and is noted."""
        began = time.perf_counter()
        with self._store.database.write() as on:
            added = [self._store.deliveries.add(self._run, "completed", on=on) for _ in range(count)]
        for delivery in added:
            self._delivering.submit(delivery)
        for _ in added:
            if not self._noted.acquire(timeout=_PATIENCE_SECONDS):
                raise SystemExit("not every message was sent")
        took = time.perf_counter() - began
        if self._store.deliveries.list(DEFAULT_ORG, 1, 0, status=DeliveryStatus.PENDING).total:
            raise SystemExit("not every message arrived")
        return count / took

    def close(self) -> None:
        self._engine.stop()

    def _perform(self, org_id: str, id: str, durable: Durable) -> None:  # noqa: A002
        self._delivering.perform(org_id, id, durable)
        self._noted.release()


def _kept_run(store: Store, hook: str) -> RunRecord:
    """A run that ended, in the store with its flow."""
    now = clock.now()
    flow = FlowRecord(new_id("wf"), DEFAULT_ORG, "Any", "", {"tasks": []}, FlowStatus.ACTIVE, now, now)
    run = RunRecord(
        run_id=new_id("exec"),
        org_id=DEFAULT_ORG,
        flow_id=flow.flow_id,
        document_id=new_id("doc"),
        status=RunStatus.COMPLETED,
        definition=flow.definition,
        created_at=now,
        updated_at=now,
        finished_at=now,
        webhook=Webhook(hook, "doclo", store.seal(b"a secret of the receiver")),
    )
    store.flows.add(flow)
    store.runs.add(run)
    return run


def _plain(hook: str) -> float:
    """POSTs a second, each over a connection of its own."""
    body = json.dumps(_BODY).encode()

    def post(_number: int) -> None:
        address = urlsplit(hook)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=_PATIENCE_SECONDS)
        with closing(connection):
            connection.request("POST", address.path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
        if answer.status != 200:
            raise SystemExit(f"the receiver answered with {answer.status}")

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(post, range(MESSAGES)))
    return MESSAGES / (time.perf_counter() - began)
