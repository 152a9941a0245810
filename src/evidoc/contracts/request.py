"""What every contract's handlers need of a request: who asks, the operations, the limits, a strict body."""

import re
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from evidoc.contracts import strict_json
from evidoc.kernel.errors import Detail, EvidocError, InvalidRequest, RequestTooLarge
from evidoc.kernel.principal import Principal
from evidoc.operations.operations import Operations

MOST_FAULTS = 50
"""What is told of a request at once."""

_LARGE_BODY = 32 * 1024
"""From this length on a body is parsed in a thread: a megabyte takes half a second, and others wait meanwhile."""

_PLACES = ("body", "query", "path", "header")
_SUBJECT = re.compile(r"^(Input|String|List|Dictionary|Value) should")


@dataclass(frozen=True, slots=True)
class WireLimits:
    """What a request and a document may be, and how long a request may take to arrive.

    ``scratch`` is the folder where an upload lies until it is taken over. A body may be silent for ``idle_seconds``,
    and arrives within ``total_seconds``.
    """

    max_json_bytes: int
    max_upload_bytes: int
    scratch: Path
    idle_seconds: float = 30
    total_seconds: float = 600
    max_pages: int = 5_000


# These are coroutines because FastAPI calls a plain function in a thread, a detour for every request.


async def principal(request: Request) -> Principal:
    """Whoever the doorkeeper let in with this request."""
    return cast(Principal, request.state.principal)


async def operations(request: Request) -> Operations:
    """The verbs of the house."""
    return cast(Operations, request.app.state.operations)


async def sent(request: Request) -> Mapping[str, Any]:
    """The body as it was sent, of a route that takes one."""
    body: Mapping[str, Any] = await request.json()
    return body


async def limits(request: Request) -> WireLimits:
    """What a request may carry."""
    return _limits(request)


def _limits(request: Request) -> WireLimits:
    return cast(WireLimits, request.app.state.limits)


Who = Annotated[Principal, Depends(principal)]
Ops = Annotated[Operations, Depends(operations)]
Sent = Annotated[Mapping[str, Any], Depends(sent)]
Limits = Annotated[WireLimits, Depends(limits)]


def refuse_by_length(request: Request, most: int) -> None:
    """Raises RequestTooLarge at once where the request already says that it is longer than ``most`` bytes."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise RequestTooLarge(f"The request is larger than the {most} bytes that this server accepts")


class StrictRequest(Request):
    """A request whose JSON body is bounded and strict. Errors are those of the house."""

    async def body(self) -> bytes:
        """The body. Raises RequestTooLarge as soon as it is known to be too large."""
        if not hasattr(self, "_body"):
            most = _limits(self).max_json_bytes
            refuse_by_length(self, most)
            parts, size = [], 0
            async for part in self.stream():
                size += len(part)
                if size > most:
                    raise RequestTooLarge(f"The request is larger than the {most} bytes that this server accepts")
                parts.append(part)
            self._body = b"".join(parts)
        return self._body

    async def json(self) -> Any:
        """The body's JSON value. Raises InvalidRequest."""
        if not hasattr(self, "_json"):
            body = await self.body()
            large = len(body) > _LARGE_BODY
            value = await run_in_threadpool(strict_json.parse, body) if large else strict_json.parse(body)
            if not isinstance(value, dict):
                raise InvalidRequest(details=[Detail("body", "must be a JSON object")])
            self._json = value
        return self._json


def faults_of(errors: Iterable[Mapping[str, Any]]) -> list[Detail]:
    """What Pydantic found wrong, in the words of the house: ``("body", "tasks", 0)`` is ``tasks[0]``."""
    return [Detail(_path(fault["loc"]), _sentence(fault)) for fault in islice(errors, MOST_FAULTS)]


def _path(location: tuple[int | str, ...]) -> str:
    parts = location[1:] if len(location) > 1 and location[0] in _PLACES else location
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not part.startswith("("):  # the tag of a union's branch
            path += f".{part}" if path else part
    return path


def _sentence(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "missing":
        return "is required"
    message = _SUBJECT.sub("should", str(fault["msg"]))
    return message.replace("a valid dictionary", "a JSON object").replace("a valid ", "a ")


def require_json(request: Request) -> None:
    """Raises InvalidRequest where the body is not declared as JSON."""
    # A form that a browser may send across origins without asking never has this type.
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise InvalidRequest(details=[Detail("Content-Type", "must be application/json")])


def _refuse_nul(request: Request) -> None:
    # Nothing that is kept holds one, and not every database takes one in a question.
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise InvalidRequest("The address holds a NUL character")


class StrictRoute(APIRoute):
    """A route that reads its body through StrictRequest, and whose address names only what there can be."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, given a strict request in place of the plain one."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            _refuse_nul(request)
            if self.body_field is not None:
                require_json(request)
            try:
                return await handle(StrictRequest(request.scope, request.receive))
            except HTTPException as error:
                if isinstance(error.__cause__, EvidocError):
                    raise error.__cause__ from None
                raise

        return handle_strictly
