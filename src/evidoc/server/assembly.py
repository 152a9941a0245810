"""The one place that builds: settings come in, a house that works comes out.

The rooms that only read and understand are built in ``desk``, which a command uses without the rest.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp

from evidoc.contracts.doclo.webhook_body import webhook_body
from evidoc.contracts.request import WireLimits
from evidoc.delivering.rows import Rows
from evidoc.delivering.webhooks import WebhookSender
from evidoc.flows.deliver import DELIVERY_JOB, Delivering, Schedule
from evidoc.flows.engine.durable import Lane
from evidoc.flows.engine.ends import Ends
from evidoc.flows.engine.engine import Engine, Job
from evidoc.flows.house import House
from evidoc.flows.process import Processing
from evidoc.flows.run import Running
from evidoc.operations.analysis import AnalysisOperations
from evidoc.operations.builtin_flows import publish_builtin_flows
from evidoc.operations.documents import DocumentOperations
from evidoc.operations.flows import FlowOperations
from evidoc.operations.keys import KeyOperations
from evidoc.operations.operations import Operations
from evidoc.operations.runs import RunOperations
from evidoc.operations.webhooks import WebhookOperations
from evidoc.reaching.allowed_hosts import AllowedHosts
from evidoc.reaching.fetcher import Fetcher, FetchLimits
from evidoc.server.desk import processors, reading_rooms, upload_limits
from evidoc.server.doorkeeper import RequestLimits
from evidoc.server.http import create_app
from evidoc.server.settings import Settings
from evidoc.storing.store import Store

_TASKS_PATIENCE_SECONDS = 10.0
"""The longest that tasks under way may take to come to an end when the server stops; they go on at the next start."""


class RunningHouse:
    """All rooms of one server, open. ``close`` closes them in the order in which they may need each other."""

    operations: Operations
    _engine: Engine

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._closing = ExitStack()
        try:
            self._open()
        except BaseException:
            self._closing.close()
            raise

    def _open(self) -> None:
        settings = self._settings
        store = Store.open(settings.data, settings.database_url or None, settings.master_key or None)
        self._closing.callback(store.close)
        self._scratch = _empty_folder(settings.data / "scratch")
        reader, understander = self._closing.enter_context(reading_rooms(settings, self._scratch / "sandbox"))
        rows = Rows(settings.connections, settings.data)
        self._closing.callback(rows.close)
        fetcher = Fetcher(
            AllowedHosts.parse(settings.allowed_hosts), FetchLimits(total_seconds=settings.webhook_seconds)
        )
        house = House(store, reader, understander, rows, fetcher=fetcher)
        publish_builtin_flows(house)
        processing = Processing(house)
        ends = Ends(store.runs.ended_among)
        running = Running(house, processing, lambda *order, **when: self._engine.submit(*order, **when), ends)
        delivering = Delivering(
            store,
            WebhookSender(fetcher),
            {"doclo": lambda delivery, at: webhook_body(self.operations, delivery, at)},
            lambda *order, **when: self._engine.submit(*order, **when),
            Schedule(tuple(float(seconds) for seconds in settings.webhook_retry_seconds.split(","))),
        )
        self._engine = Engine(
            _engine_url(settings),
            {
                "document": Job(processing.perform, processing.unfinished, processing.abandon),
                "run": Job(running.perform, running.unfinished, running.abandon),
                DELIVERY_JOB: Job(delivering.perform, delivering.unfinished, delivering.abandon),
            },
            settings.tasks_at_once or 2 * processors(),
            {
                **dict.fromkeys(("document", "run"), _reading_lane(settings.tasks_at_once or 2 * processors())),
                DELIVERY_JOB: _webhook_lane(settings.webhooks_at_once),
            },
        )
        self.keys = KeyOperations(store)
        self._rates = store.rates
        self._waiting = (ends.close, processing.close)
        self.operations = Operations(
            documents=DocumentOperations(house, processing, self._engine, upload_limits(settings), ends),
            flows=FlowOperations(house),
            runs=RunOperations(house, self._engine, upload_limits(settings), ends, processing.pages_done),
            analysis=AnalysisOperations(house, processing),
            webhooks=WebhookOperations(store, delivering),
            ends=ends,
        )

    def application(self) -> ASGIApp:
        """The web application; serving it starts the engine."""
        settings = self._settings
        limits = WireLimits(
            settings.max_json_bytes,
            settings.max_upload_bytes,
            self._scratch,
            settings.idle_seconds,
            settings.request_seconds,
            settings.max_pages,
        )
        request_limits = RequestLimits(settings.requests_per_minute, settings.keyless_requests_per_minute)
        return create_app(
            self.operations,
            self.keys,
            self._rates,
            limits,
            request_limits,
            settings.analysis_at_once,
            self._lifespan,
        )

    def let_go(self) -> None:
        """Answer at once everybody who waits for a document or a run, and whoever still comes to wait."""
        for let_go in self._waiting:
            let_go()

    def close(self) -> None:
        """Close every room."""
        self._closing.close()

    @asynccontextmanager
    async def _lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        self._engine.start()
        try:
            yield
        finally:
            self.let_go()
            self._engine.stop(min(self._settings.shutdown_seconds, _TASKS_PATIENCE_SECONDS))


def _engine_url(settings: Settings) -> str:
    """The engine's own database: beside ours, never in the same file."""
    if settings.database_url and not settings.database_url.startswith("sqlite"):
        return settings.database_url
    return f"sqlite:///{settings.data.absolute() / 'engine.sqlite'}"


def _reading_lane(places: int) -> Lane:
    """A quarter of the places is kept for what is short, however many long documents are being read."""
    return Lane(places, reserve=max(1, places // 4), more=max(4, places // 2))


def _webhook_lane(places: int) -> Lane:
    """Half of the places are kept for receivers that answer at once, however many others hang."""
    return Lane(places, reserve=places // 2, more=places // 2, of_a_group=places // 8)


def _empty_folder(folder: Path) -> Path:
    """A folder for what is on its way; what a crash left there is on its way to nowhere."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder
