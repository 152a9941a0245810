"""When a request is sent again, and when that would be wrong."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from evidoc_client.call import Call, Reply
from evidoc_client.errors import EvidocApiError, ExecutionTimeout
from evidoc_client.refusal import refusal_of
from evidoc_client.steps import Lost, Pause, Send, Steps

T = TypeVar("T")

_PASSING = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how patiently: ``times`` more than the first, after ``first`` seconds, doubled each time up to
    ``most``, a random part of that. A Retry-After is kept, unless it is longer than ``patience``: then the refusal is
    given at once.
    """

    times: int = 4
    first: float = 0.25
    most: float = 8.0
    patience: float = 65.0

    def pause(self, attempt: int) -> float:
        """The seconds to wait after that attempt, counted from 1."""
        whole = min(self.most, self.first * 2.0 ** (attempt - 1))
        return whole * random.uniform(0.5, 1.0)  # the spread keeps clients from coming back together


def exchange(call: Call[T], retries: Retries) -> Steps[T]:
    """The answer. Raises EvidocApiError, NetworkError, BadAnswer."""
    try:
        return (yield from _attempts(call, retries))
    finally:
        if call.body is not None:
            call.body.close()


def _attempts(call: Call[T], retries: Retries) -> Steps[T]:
    attempt = 0
    while True:
        attempt += 1
        outcome: Reply | Lost = yield Send(call)
        if isinstance(outcome, Lost):
            if attempt > retries.times or not (call.repeatable or outcome.unsent):
                outcome.error.attempts = attempt
                raise outcome.error from outcome.cause
            yield Pause(retries.pause(attempt))
            continue
        if outcome.status < 300:
            return call.parse(outcome)
        refusal = refusal_of(outcome.status, outcome.headers, outcome.content, attempt)
        seconds = _pause_after(refusal, call.repeatable, attempt, retries)
        if seconds is None:
            raise refusal
        yield Pause(seconds)


def _pause_after(refusal: EvidocApiError, repeatable: bool, attempt: int, retries: Retries) -> float | None:
    """The seconds until the next attempt; None where there is none.

    429 means that nothing was done. A wait that ran out means that the run goes on: to ask again would only wait again.
    """
    if attempt > retries.times or isinstance(refusal, ExecutionTimeout):
        return None
    if refusal.status != 429 and not (repeatable and refusal.status in _PASSING):
        return None
    wanted = refusal.retry_after or 0.0
    return None if wanted > retries.patience else max(wanted, retries.pause(attempt))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the server still takes from this organisation: ``remaining`` requests until ``resets_at`` (Unix seconds)."""

    limit: int
    remaining: int
    resets_at: float


def allowance_of(headers: Mapping[str, str]) -> Allowance | None:
    """The allowance that an answer tells of."""
    try:
        return Allowance(
            int(headers["x-ratelimit-limit"]),
            int(headers["x-ratelimit-remaining"]),
            float(headers["x-ratelimit-reset"]),
        )
    except (KeyError, ValueError):
        return None
