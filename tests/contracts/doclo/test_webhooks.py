"""Webhooks as a receiver meets them, from a real server; judged as the published client does, and by a library."""

import hmac
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from queue import Queue
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from standardwebhooks.webhooks import Webhook as Judge

from evidoc.cli.sample_invoice import sample_invoice
from evidoc.cli.webhooks import webhooks
from evidoc.contracts.doclo.webhook_body import ERASED
from evidoc.contracts.doclo.webhooks import DeliveryItem, DeliveryList, DeliveryWithLog
from evidoc.kernel.principal import DEFAULT_ORG, Environment, Scope
from evidoc.operations.keys import KeyOperations
from evidoc.operations.organisations import OrganisationOperations
from evidoc.storing.store import Store
from tests.contracts.doclo.scans import scan
from tests.contracts.doclo.wire import ended, fits, refused, run, tasks_flow
from tests.reaching.receivers import Receiver, answer, receiving, request_headers
from tests.served import PATIENCE, Served, serving, until

NOTE = b"Invoice number: NW-118\nTotal amount: 12.50 EUR\n"
SECRET = "your_secret_key"
DELIVERIES = "/api/v1/webhooks/deliveries"


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(
        tmp_path_factory.mktemp("webhooks") / "data",
        allowed_hosts="127.0.0.1",
        webhook_retry_seconds="0,0.1,0.1",
        requests_per_minute="100000",
    ) as served:
        yield served


@pytest.fixture(scope="module")
def store(keyed: Served) -> Iterator[Store]:
    """What the server keeps, opened by a process beside it, as the command line does."""
    opened = Store.open(keyed.data, exclusive=False)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def key(store: Store) -> str:
    return made_key(store, Scope.ADMIN)


def made_key(store: Store, scope: Scope, org_id: str = DEFAULT_ORG, environment: Environment = Environment.LIVE) -> str:
    return KeyOperations(store).create(org_id, "a key", frozenset({scope}), None, environment)[1]


@pytest.fixture(scope="module")
def ours(keyed: Served, key: str) -> Iterator[httpx.Client]:
    with keyed.client(key) as client:
        yield client


@pytest.fixture(scope="module")
def flow(ours: httpx.Client) -> str:
    return tasks_flow(ours, {"id": "read", "type": "document_parser"})


class Hook:
    """A receiver that answers with ``said``, one after the other and the last one for ever; ``got`` is what came."""

    def __init__(self, *said: bytes) -> None:
        self.got: Queue[bytes] = Queue()
        self._said = list(said or (answer(),))

    def behave(self, link: socket.socket, request: bytes) -> None:
        self.got.put(request)
        link.sendall(self._said.pop(0) if len(self._said) > 1 else self._said[0])

    def next(self, secret: str | bytes = SECRET) -> dict[str, Any]:
        """The next event, once both ways to check it have found it to be good."""
        request = self.got.get(timeout=PATIENCE)
        headers, raw = request_headers(request), request.partition(b"\r\n\r\n")[2]
        event = checked(headers, raw, secret if isinstance(secret, str) else secret.decode())
        judge = Judge(secret if str(secret).startswith("whsec_") else str(secret).encode())
        assert judge.verify(raw.decode(), headers) == event
        return event | {"id": headers["webhook-id"]}


@contextmanager
def hooked(*said: bytes) -> Iterator[tuple[Hook, Receiver, str]]:
    hook = Hook(*said)
    with receiving(hook.behave) as receiver:
        yield hook, receiver, f"http://{receiver.at}/hook"


def checked(headers: dict[str, str], raw: bytes, secret: str) -> dict[str, Any]:
    """The event, as a client of this contract checks it: the body's signature, the age, the two names."""
    scheme, _, signature = headers["x-doclo-signature"].partition("=")
    assert scheme == "sha256"
    assert hmac.compare_digest(signature, hmac.new(secret.encode(), raw, sha256).hexdigest())
    event: dict[str, Any] = json.loads(raw)
    assert set(event) == {"event", "timestamp", "data"}
    assert event["event"] in ("execution.completed", "execution.failed")
    age = (datetime.now(UTC) - datetime.fromisoformat(event["timestamp"])).total_seconds()
    assert -60 <= age <= 300
    return event


def only_delivery(client: httpx.Client, run_id: str, status: str) -> dict[str, Any]:
    """The one message about a run, once it stands so."""
    page = until(
        lambda: fits(DeliveryList, client.get(DELIVERIES, params={"runId": run_id})),
        lambda page: [item["status"] for item in page["deliveries"]] == [status],
    )
    return fits(DeliveryWithLog, client.get(f"{DELIVERIES}/{page['deliveries'][0]['id']}"))


def test_a_completed_run_is_told_as_get_gives_it(ours: httpx.Client, flow: str) -> None:
    with hooked() as (hook, _, url):
        started = run(ours, flow, NOTE, webhookUrl=url, webhookSecret=SECRET, metadata={"order": 7}).json()
        event = hook.next()
        found = only_delivery(ours, started["id"], "delivered")
    assert event["event"] == "execution.completed"
    assert event["data"] == ended(ours, started["id"])
    assert event["data"]["metadata"] == {"order": 7}
    assert event["id"] == found["id"]
    assert (found["event"], found["url"], found["attempts"], found["lastStatus"]) == (event["event"], url, 1, 200)
    (attempt,) = found["log"]
    assert (attempt["number"], attempt["status"], attempt["error"]) == (1, 200, None)
    assert attempt["durationMs"] >= 0


def test_a_failed_run_is_told_as_failed(ours: httpx.Client, flow: str) -> None:
    with hooked() as (hook, _, url):
        run(ours, flow, sample_invoice()[:400], webhookUrl=url, webhookSecret=SECRET).raise_for_status()
        event = hook.next()
    assert (event["event"], event["data"]["status"]) == ("execution.failed", "failed")
    assert event["data"]["error"]["code"]


def test_a_cancelled_run_is_told_as_failed_with_its_status(ours: httpx.Client, flow: str) -> None:
    with hooked() as (hook, _, url):
        long = run(ours, flow, scan(pages=30), webhookUrl=url, webhookSecret=SECRET).json()
        ours.post(f"/api/v1/runs/{long['id']}/cancel").raise_for_status()
        event = hook.next()
    assert (event["event"], event["data"]["status"]) == ("execution.failed", "cancelled")


def test_without_a_secret_the_organisations_own_signs(keyed: Served, ours: httpx.Client, flow: str) -> None:
    def shown(*more: str) -> str:
        done = command("secret", *more, "--data", str(keyed.data))
        assert done.exit_code == 0, done
        return done.output.strip()

    with hooked() as (hook, _, url):
        run(ours, flow, NOTE, webhookUrl=url).raise_for_status()
        event = hook.next(first := shown())
        again = fits_accepted(ours.post(f"{DELIVERIES}/{event['id']}/replay"))
        assert hook.next(first)["id"] == again["id"]
        second = shown("--rotate")
        assert second != first
        assert shown() == second
        ours.post(f"{DELIVERIES}/{event['id']}/replay").raise_for_status()
        assert hook.next(second)["id"] == event["id"]


def command(*arguments: str) -> Result:
    return CliRunner().invoke(webhooks, arguments)


def fits_accepted(told: httpx.Response) -> dict[str, Any]:
    assert told.status_code == 202, told.text
    return fits(DeliveryItem, told)


def test_what_does_not_arrive_is_tried_again_then_given_up_then_replayed(ours: httpx.Client, flow: str) -> None:
    fails = (answer(500), answer(302, Location="https://elsewhere.example/"), answer(503))
    with hooked(*fails, answer(204)) as (hook, _, url):
        started = run(ours, flow, NOTE, webhookUrl=url, webhookSecret=SECRET).json()
        events = [hook.next() for _ in fails]
        given_up = only_delivery(ours, started["id"], "failed")
        assert [attempt["status"] for attempt in given_up["log"]] == [500, 302, 503]
        assert "503" in given_up["lastError"]
        assert "nextAttemptAt" not in given_up
        fits_accepted(ours.post(f"{DELIVERIES}/{given_up['id']}/replay"))
        events.append(hook.next())
        assert only_delivery(ours, started["id"], "delivered")["attempts"] == 4
    assert {event["id"] for event in events} == {given_up["id"]}
    assert len({event["timestamp"] for event in events}) == 4
    assert all(event["data"] == events[0]["data"] for event in events)


def test_a_receiver_that_is_gone_or_wants_time_is_heard(ours: httpx.Client, flow: str) -> None:
    with hooked(answer(410)) as (_, receiver, url):
        gone = only_delivery(ours, run(ours, flow, NOTE, webhookUrl=url).json()["id"], "failed")
        assert (gone["attempts"], gone["lastStatus"], receiver.connections) == (1, 410, 1)
    with hooked(answer(429, Retry_After="7200"), answer()) as (hook, _, url):
        started = run(ours, flow, NOTE, webhookUrl=url, webhookSecret=SECRET).json()
        hook.next()
        waiting = until(lambda: only_delivery(ours, started["id"], "pending"), lambda found: found["lastStatus"] == 429)
        wait = datetime.fromisoformat(waiting["nextAttemptAt"]) - datetime.now(UTC)
        assert 7_000 < wait.total_seconds() <= 7_200
        ours.post(f"{DELIVERIES}/{waiting['id']}/replay").raise_for_status()
        hook.next()
        only_delivery(ours, started["id"], "delivered")


def test_the_run_of_an_erased_document_is_told_without_its_output(ours: httpx.Client, flow: str) -> None:
    with hooked(*[answer(500)] * 3, answer()) as (hook, _, url):
        started = run(ours, flow, NOTE, webhookUrl=url, webhookSecret=SECRET).json()
        told = [hook.next() for _ in range(3)]
        given_up = only_delivery(ours, started["id"], "failed")
        ours.delete(f"/v1/documents/{started['documentId']}").raise_for_status()
        ours.post(f"{DELIVERIES}/{given_up['id']}/replay").raise_for_status()
        event = hook.next()
    assert told[0]["data"]["output"] is not None
    assert (event["event"], event["data"]["status"]) == ("execution.completed", "completed")
    assert (event["data"]["output"], event["data"]["note"]) == (None, ERASED)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/hook",
        "https://localhost/hook",
        "https://10.0.0.1/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://user:pw@example.com/",
        "http://127.1/",
        "nonsense",
    ],
)
def test_what_is_forbidden_by_its_spelling_is_refused_at_once(ours: httpx.Client, flow: str, url: str) -> None:
    before = ours.get("/api/v1/runs").json()["total"]
    error = refused(run(ours, flow, NOTE, webhookUrl=url), 422, "VALIDATION_ERROR")
    assert error["details"]["field"] == "webhookUrl"
    assert ours.get("/api/v1/runs").json()["total"] == before


def test_a_name_that_cannot_be_reached_is_refused_when_it_is_tried(ours: httpx.Client, flow: str) -> None:
    started = run(ours, flow, NOTE, webhookUrl="https://no-such-host.invalid/hook").json()
    given_up = only_delivery(ours, started["id"], "failed")
    assert [attempt["status"] for attempt in given_up["log"]] == [None] * 3
    assert "not known, or is not one" in given_up["lastError"]


def test_the_log_is_paged_and_filtered(ours: httpx.Client, flow: str) -> None:
    with hooked() as (hook, _, url):
        ids = [run(ours, flow, NOTE, webhookUrl=url, webhookSecret=SECRET).json()["id"] for _ in range(3)]
        for _ in ids:
            hook.next()
        for run_id in ids:
            only_delivery(ours, run_id, "delivered")
    page = fits(DeliveryList, ours.get(DELIVERIES, params={"limit": 2, "status": "delivered"}))
    assert len(page["deliveries"]) == 2
    rest = fits(DeliveryList, ours.get(DELIVERIES, params={"limit": 100, "offset": 2, "status": "delivered"}))
    assert len(rest["deliveries"]) == page["total"] - 2
    moments = [item["createdAt"] for item in page["deliveries"] + rest["deliveries"]]
    assert moments == sorted(moments, reverse=True)
    for query in ({"limit": 0}, {"limit": 101}, {"offset": -1}, {"status": "sent"}):
        refused(ours.get(DELIVERIES, params=query), 422, "VALIDATION_ERROR")


def test_a_message_of_others_is_not_there(keyed: Served, ours: httpx.Client, store: Store, flow: str) -> None:
    OrganisationOperations(store).create("Others", "org_others")
    with hooked() as (_, receiver, url):
        started = run(ours, flow, NOTE, webhookUrl=url, webhookSecret=SECRET).json()
        this = only_delivery(ours, started["id"], "delivered")["id"]
        theirs = made_key(store, Scope.ADMIN, "org_others"), made_key(store, Scope.ADMIN, environment=Environment.TEST)
        for stranger in theirs:
            with keyed.client(stranger) as others:
                assert fits(DeliveryList, others.get(DELIVERIES))["total"] == 0
                assert fits(DeliveryList, others.get(DELIVERIES, params={"runId": started["id"]}))["total"] == 0
                for method, path in (("GET", f"{DELIVERIES}/{this}"), ("POST", f"{DELIVERIES}/{this}/replay")):
                    found = refused(others.request(method, path), 404, "DELIVERY_NOT_FOUND")
                    none = refused(others.request(method, path.replace(this, "whd_none")), 404, "DELIVERY_NOT_FOUND")
                    assert found | {"request_id": ""} == none | {"request_id": ""}
        assert receiver.connections == 1


def test_each_verb_needs_its_scope(keyed: Served, ours: httpx.Client, store: Store, flow: str) -> None:
    with hooked() as (_, receiver, url):
        started = run(ours, flow, NOTE, webhookUrl=url, webhookSecret=SECRET).json()
        this = only_delivery(ours, started["id"], "delivered")["id"]
        with keyed.client(made_key(store, Scope.EXECUTIONS_READ)) as reader:
            fits(DeliveryWithLog, reader.get(f"{DELIVERIES}/{this}"))
            refused(reader.post(f"{DELIVERIES}/{this}/replay"), 403, "FORBIDDEN")
        with keyed.client(made_key(store, Scope.FLOWS_EXECUTE)) as runner:
            refused(runner.get(DELIVERIES), 403, "FORBIDDEN")
            refused(runner.get(f"{DELIVERIES}/{this}"), 403, "FORBIDDEN")
        with keyed.client() as stranger:
            refused(stranger.get(DELIVERIES), 401, "UNAUTHORIZED")
        assert receiver.connections == 1


def test_the_command_line_lists_shows_and_replays(keyed: Served, ours: httpx.Client, key: str, flow: str) -> None:
    def told(*arguments: str) -> str:
        done = command(*arguments, "--url", keyed.url, "--key", key)
        assert done.exit_code == 0, done
        return done.output

    with hooked(answer(410), answer()) as (hook, _, url):
        started = run(ours, flow, NOTE, webhookUrl=url, webhookSecret=SECRET).json()
        this = only_delivery(ours, started["id"], "failed")["id"]
        (line,) = told("list", "--run", started["id"], "--status", "failed").splitlines()
        assert line.startswith(f"{this}  failed     1 try")
        assert "410" in told("show", this)
        assert told("replay", this).startswith(f"{this}  pending")
        hook.next()
        only_delivery(ours, started["id"], "delivered")
        assert "arrived (200)" in told("show", this)
        assert "execution.completed" in told("list", "--limit", "1")
    failed = command("show", "whd_none", "--url", keyed.url, "--key", key)
    assert failed.exit_code == 1
    assert "Error: Webhook delivery not found" in failed.output


def test_a_dead_receiver_slows_nobody_else(ours: httpx.Client, flow: str) -> None:
    released = threading.Event()

    def hang(link: socket.socket, request: bytes) -> None:
        released.wait(PATIENCE)

    with receiving(hang) as dead, hooked() as (hook, _, url):
        stuck = [run(ours, flow, NOTE, webhookUrl=f"http://{dead.at}/").json()["id"] for _ in range(12)]
        until(lambda: dead.connections, lambda count: count >= 4)
        started = run(ours, flow, NOTE, webhookUrl=url, webhookSecret=SECRET).json()
        assert hook.next()["data"]["id"] == started["id"]
        assert [only_delivery(ours, each, "pending")["attempts"] for each in stuck] == [0] * 12
        released.set()
