"""The two clients: one blocks, one awaits. All they do is to send a request once; the rest is in the verbs."""

import os
import types
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, Self, TypeVar

import httpx

from evidoc_client.call import Call, Reply
from evidoc_client.errors import ConnectionLost, NetworkError, NetworkTimeout, ServerUnreachable
from evidoc_client.exchange import Retries
from evidoc_client.steps import Lost
from evidoc_client.verb import AsyncPart, Part
from evidoc_client.verbs.analysis import AnalysisVerbs
from evidoc_client.verbs.cases import CaseVerbs
from evidoc_client.verbs.deliveries import DeliveryVerbs
from evidoc_client.verbs.documents import DocumentVerbs
from evidoc_client.verbs.flows import FlowVerbs
from evidoc_client.verbs.runs import RunVerbs
from evidoc_client.verbs.server import ServerVerbs
from evidoc_client.verbs.workflows import WorkflowVerbs
from evidoc_client.version import __version__

DEFAULT_URL = "http://127.0.0.1:8000"

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

H = TypeVar("H", httpx.Client, httpx.AsyncClient)


class Documents(DocumentVerbs, Part):
    """Documents: upload, get, wait, list, content, delete."""


class AsyncDocuments(DocumentVerbs, AsyncPart):
    """Documents: upload, get, wait, list, content, delete."""


class Analysis(AnalysisVerbs, Part):
    """What stands in a document."""


class AsyncAnalysis(AnalysisVerbs, AsyncPart):
    """What stands in a document."""


class Workflows(WorkflowVerbs, Part):
    """Workflows and their executions."""


class AsyncWorkflows(WorkflowVerbs, AsyncPart):
    """Workflows and their executions."""


class Flows(FlowVerbs, Part):
    """Flows, and starting runs of them."""


class AsyncFlows(FlowVerbs, AsyncPart):
    """Flows, and starting runs of them."""


class Runs(RunVerbs, Part):
    """Runs of flows."""


class AsyncRuns(RunVerbs, AsyncPart):
    """Runs of flows."""


class Deliveries(DeliveryVerbs, Part):
    """Messages to webhooks."""


class AsyncDeliveries(DeliveryVerbs, AsyncPart):
    """Messages to webhooks."""


class Cases(CaseVerbs, Part):
    """Cases; served in a later release."""


class AsyncCases(CaseVerbs, AsyncPart):
    """Cases; served in a later release."""


class _Connection(Generic[H]):
    """Where the server is, how to speak to it, and how patiently. The key is in no message and no repr."""

    def __init__(self, http: H, base_url: str, retries: Retries) -> None:
        self._http: H = http
        self.base_url = base_url
        self.retries = retries

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"

    def _request(self, call: Call[Any], carried: Mapping[str, Any]) -> httpx.Request:
        given = dict(carried)
        stream = given.pop("stream", None)
        request = self._http.build_request(
            call.method,
            call.path,
            params=dict(call.query) or None,
            headers={**call.headers, **given.pop("headers", {})},
            timeout=httpx.USE_CLIENT_DEFAULT if call.seconds is None else httpx.Timeout(call.seconds, connect=10.0),
            **given,
        )
        if stream is not None:
            request.stream = stream
        return request

    def _lost(self, error: httpx.TransportError) -> Lost:
        """What a failed attempt means. Raises the error itself where no attempt could succeed."""
        where = self.base_url
        told: NetworkError
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError):
            told = ServerUnreachable(f"{where} does not answer ({_reason(error)})")
            return Lost(told, error, unsent=True)
        if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
            raise ServerUnreachable(f"{where} cannot be asked ({_reason(error)})") from error
        if isinstance(error, httpx.TimeoutException):
            told = NetworkTimeout(f"{where} did not answer in time")
        else:
            told = ConnectionLost(f"{where} ended the connection before it answered ({_reason(error)})")
        return Lost(told, error)


class Client(ServerVerbs, _Connection[httpx.Client], Part):
    """A client that blocks. It may be used by several threads at once; close it, or use it in a ``with`` block.

    ``base_url`` and ``api_key`` default to EVIDOC_URL (http://127.0.0.1:8000) and EVIDOC_KEY; ``timeout`` is in
    seconds, for one answer. ``transport`` is for those who must reach the server in a way of their own.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 120.0,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        url = _url(base_url)
        http = httpx.Client(transport=transport, **_settings(url, api_key, timeout))
        _Connection.__init__(self, http, _shown(url), retries or Retries())
        Part.__init__(self, self)
        self.documents = Documents(self)
        self.analysis = Analysis(self)
        self.workflows = Workflows(self)
        self.flows = Flows(self)
        self.runs = Runs(self)
        self.deliveries = Deliveries(self)
        self.cases = Cases(self)

    def send(self, call: Call[Any]) -> Reply | Lost:
        """Sends a request once; for the verbs."""
        try:
            with _opened(call) as carried:
                response = self._http.send(self._request(call, carried), stream=call.sink is not None)
                try:
                    if call.sink is None or response.status_code >= 300:
                        return Reply(response.status_code, response.headers, response.read())
                    sink = call.sink()
                    try:
                        for chunk in response.iter_bytes():
                            sink.write(chunk)
                        sink.done()
                    finally:
                        sink.drop()
                finally:
                    response.close()
                return Reply(response.status_code, response.headers, b"")
        except httpx.TransportError as error:
            return self._lost(error)

    def close(self) -> None:
        """Closes its connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(ServerVerbs, _Connection[httpx.AsyncClient], AsyncPart):
    """A client that awaits: the same verbs with the same arguments, each to be awaited. See ``Client``."""

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 120.0,
        retries: Retries | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        url = _url(base_url)
        http = httpx.AsyncClient(transport=transport, **_settings(url, api_key, timeout))
        _Connection.__init__(self, http, _shown(url), retries or Retries())
        AsyncPart.__init__(self, self)
        self.documents = AsyncDocuments(self)
        self.analysis = AsyncAnalysis(self)
        self.workflows = AsyncWorkflows(self)
        self.flows = AsyncFlows(self)
        self.runs = AsyncRuns(self)
        self.deliveries = AsyncDeliveries(self)
        self.cases = AsyncCases(self)

    async def send(self, call: Call[Any]) -> Reply | Lost:
        """Sends a request once; for the verbs."""
        try:
            with _opened(call) as carried:
                response = await self._http.send(self._request(call, carried), stream=call.sink is not None)
                try:
                    if call.sink is None or response.status_code >= 300:
                        return Reply(response.status_code, response.headers, await response.aread())
                    sink = call.sink()
                    try:
                        async for chunk in response.aiter_bytes():
                            sink.write(chunk)
                        sink.done()
                    finally:
                        sink.drop()
                finally:
                    await response.aclose()
                return Reply(response.status_code, response.headers, b"")
        except httpx.TransportError as error:
            return self._lost(error)

    async def close(self) -> None:
        """Closes its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        await self.close()


def _opened(call: Call[Any]) -> AbstractContextManager[Mapping[str, Any]]:
    opened: AbstractContextManager[Mapping[str, Any]] = nullcontext({}) if call.body is None else call.body.opened()
    return opened


def _url(given: str | None) -> httpx.URL:
    text = given or os.environ.get("EVIDOC_URL") or DEFAULT_URL
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, TypeError):
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("The address of a server begins with http:// or https:// and names a host")
    return url


def _shown(url: httpx.URL) -> str:
    return str(url.copy_with(userinfo=b"")).rstrip("/")


def _settings(url: httpx.URL, api_key: str | None, timeout: float) -> dict[str, Any]:
    key = (api_key if api_key is not None else os.environ.get("EVIDOC_KEY", "")).strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        # Said without the key: what refuses a bad header would show it.
        raise ValueError("The API key holds characters that no key holds")
    headers = {"User-Agent": f"evidoc-client/{__version__}", "Accept": "application/json"}
    return {
        "base_url": url,
        "headers": {**headers, "Authorization": f"Bearer {key}"} if key else headers,
        "timeout": httpx.Timeout(timeout, connect=min(timeout, 10.0)),
        # A server on this machine is never reached through a proxy.
        "trust_env": url.host not in _LOOPBACK and not url.host.startswith("127."),
    }


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
