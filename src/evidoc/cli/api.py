"""A running server, asked over HTTP with nothing but the standard library."""

import json
import secrets
import time
from collections.abc import Callable
from http.client import HTTPException
from pathlib import PurePath
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

import click

FINAL = frozenset({"completed", "failed", "cancelled", "processed"})
"""States that a document or an execution does not leave."""


class Api:
    """The Clary contract of one server. Refusals are raised as click.ClickException, in the server's words."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        # A server on this machine is never reached through a proxy.
        self._opener = build_opener(ProxyHandler({})) if "//127." in url or "//localhost" in url else build_opener()

    def get(self, path: str) -> dict[str, Any]:
        """What GET answers."""
        return self._ask("GET", path)

    def post(self, path: str, body: Any) -> dict[str, Any]:
        """What POST answers."""
        return self._ask("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def upload(self, filename: str, data: bytes, content_type: str | None = None) -> dict[str, Any]:
        """The document that a file becomes."""
        boundary = secrets.token_hex(16)
        name = PurePath(filename).name.replace("\\", "_").replace('"', "%22").replace("\r", "_").replace("\n", "_")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        if content_type:
            head += f"Content-Type: {content_type}\r\n"
        body = head.encode() + b"\r\n" + data + f"\r\n--{boundary}--\r\n".encode()
        return self._ask("POST", "/v1/documents", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def until_final(
        self, path: str, seconds: float = 600, seen: Callable[[dict[str, Any]], None] = lambda state: None
    ) -> dict[str, Any]:
        """What GET answers once the status is final. ``seen`` is shown every answer on the way."""
        until, pause = time.monotonic() + seconds, 0.02
        while True:
            state = self.get(path)
            seen(state)
            if state["status"] in FINAL:
                return state
            if time.monotonic() > until:
                raise click.ClickException(f"{path} is still {state['status']} after {seconds:.0f} seconds")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.5)

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        request = Request(self._url + path, body, {**self._headers, **(headers or {})}, method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=600) as answer:
                return _object(answer.read())
        except HTTPError as error:
            raise click.ClickException(_refusal(error)) from None
        except (URLError, HTTPException, OSError) as error:
            raise click.ClickException(f"{self._url} does not answer ({getattr(error, 'reason', error)})") from None


def _object(data: bytes) -> dict[str, Any]:
    value = json.loads(data)
    if not isinstance(value, dict):
        raise click.ClickException("The server answered something that is not Evidoc's")
    return value


def _refusal(error: HTTPError) -> str:
    try:
        told = json.loads(error.read())["error"]
    except (ValueError, KeyError, TypeError, OSError):
        return f"The server answered {error.code} {error.reason}"
    details = told.get("details", [])
    faults = [f"\n  {detail['field']}: {detail['message']}" for detail in details if isinstance(detail, dict)]
    return str(told["message"]) + "".join(faults)
