"""A client written from the contract's page alone: the standard library and the words that the page uses."""

import base64
import json
import time
import urllib.error
import urllib.request
from typing import Any


class Refused(Exception):
    """The API's error object."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status} {error['code']}: {error['message']}")
        self.status, self.error = status, error


class Client:
    """Lists flows, runs them, polls for results, cancels."""

    def __init__(self, server: str, key: str) -> None:
        self._base = f"{server}/api/v1"
        self._key = key
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def flows(self) -> list[dict[str, Any]]:
        return self._call("GET", "/flows")["flows"]

    def flow(self, flow: str) -> dict[str, Any]:
        return self._call("GET", f"/flows/{flow}")

    def run(self, flow: str, document: bytes, mime_type: str, **options: Any) -> dict[str, Any]:
        url = f"data:{mime_type};base64,{base64.b64encode(document).decode()}"
        body: dict[str, Any] = {"input": {"document": {"base64": url}}}
        if "variables" in options:
            body["input"]["variables"] = options.pop("variables")
        return self._call("POST", f"/flows/{flow}/run", body | options)

    def result(self, run: str) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while (found := self._call("GET", f"/runs/{run}"))["status"] in ("pending", "running"):
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        return found

    def cancel(self, run: str) -> dict[str, Any]:
        return self._call("POST", f"/runs/{run}/cancel")

    def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._base + path, data, headers, method=method)
        try:
            with self._open(request, timeout=60) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, json.load(error)["error"]) from None
