"""The idempotency key that a creating request carries, in its body or a header, and what makes it the same request."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from starlette.requests import Request

from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.idempotency import Idempotency

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
"""The header of an answer that was given before: ``true``."""

NAMES = ("idempotencyKey", "idempotency_key")
"""What the key is called in a body."""

LONGEST_KEY = 255

PARAMETER: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same key with the same request gives the first answer again, for at least 24 hours",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}
"""The header in the description of the API."""


def idempotency_of(
    request: Request, route: str, body: Mapping[str, Any], *asked: Any, apart: tuple[str, ...] = ()
) -> Idempotency | None:
    """What makes this request the same as an earlier one; None where it carries no key.

    ``asked`` is what the request asks for besides its ``body`` (a path's id, a file's hash); members of the body
    named in ``apart`` say only how to answer. Raises InvalidRequest for a key that is none, or for two keys.
    """
    key = _key(request, body)
    if key is None:
        return None
    kept = {name: value for name, value in body.items() if name not in NAMES and name not in apart}
    return Idempotency(route, key, sha256(_canonical([kept, *asked])).hexdigest())


def _key(request: Request, body: Mapping[str, Any]) -> str | None:
    given = {name: body[name] for name in NAMES if body.get(name) is not None}
    sent = request.headers.getlist(HEADER)
    if len(sent) > 1:
        raise InvalidRequest(details=[Detail(HEADER, "is given twice")])
    if sent:
        given[HEADER] = _text(sent[0])
    for name, key in given.items():
        if not isinstance(key, str) or not 1 <= len(key) <= LONGEST_KEY or not key.isprintable() or key.isspace():
            raise InvalidRequest(details=[Detail(name, f"must be 1 to {LONGEST_KEY} printable characters")])
    if len(set(given.values())) > 1:
        raise InvalidRequest(details=[Detail(list(given)[-1], "differs from the other key that the request carries")])
    return next(iter(given.values()), None)


def _text(header: str) -> str:
    """A header as it was meant: clients send UTF-8, which arrives decoded byte by byte."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return header


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
