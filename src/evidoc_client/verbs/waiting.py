"""Waiting for something to end: asked again and again, quickly at first, slower while nothing moves."""

import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from evidoc_client.call import Call
from evidoc_client.errors import WaitTimeout
from evidoc_client.exchange import Allowance, allowance_of
from evidoc_client.steps import Item, Pause, Steps, Stream, Tell, ask

_QUICKEST = 0.05
_SLOWEST = 1.0
_SLOWER = 1.5
_SCARCE = 20


class Ending(Protocol):
    """Something that ends."""

    @property
    def final(self) -> bool:
        """Whether it has ended."""

    @property
    def status(self) -> str:
        """Where it stands."""


E = TypeVar("E", bound=Ending)


def following(look: Call[E], deadline: float, moved: Callable[[E], Any] = lambda state: state.status) -> Stream[E]:
    """Every state that differs from the one before, the final one last.

    ``moved`` gives what of a state counts. Raises WaitTimeout after ``deadline`` seconds.
    """
    until, pause, seen = time.monotonic() + deadline, _QUICKEST, None
    look_and_count = Call(
        look.method,
        look.path,
        lambda reply: (look.parse(reply), allowance_of(reply.headers)),
        query=look.query,
        headers=look.headers,
    )
    while True:
        state, allowance = yield from ask(look_and_count)
        now = moved(state)
        if now != seen or state.final:
            seen, pause = now, _QUICKEST
            yield Item(state)
        if state.final:
            return
        left = until - time.monotonic()
        if left <= 0:
            raise WaitTimeout(f"Still {state.status} when the time to wait was up", state)
        yield Pause(min(spread(pause, allowance), left))
        pause = min(pause * _SLOWER, _SLOWEST)


def ended(states: Stream[E], on_state: Callable[[E], object] | None = None) -> Steps[E]:
    """The last of the states; every one is told to ``on_state``."""
    last: E | None = None
    answer: Any = None
    while True:
        try:
            step = states.send(answer)
        except StopIteration:
            break
        answer = None
        if not isinstance(step, Item):
            try:
                answer = yield step
            except Exception as error:  # noqa: BLE001 - handed on to whom it concerns
                states.throw(error)
            continue
        last = step.value
        if on_state is not None:
            yield Tell(on_state, last)
    assert last is not None
    return last


def spread(pause: float, allowance: Allowance | None) -> float:
    """The pause, longer where few requests are left until the window of the rate limit ends."""
    if allowance is None or allowance.remaining > _SCARCE:
        return pause
    left = min(60.0, max(0.0, allowance.resets_at - time.time()))
    return max(pause, left / (allowance.remaining + 1))
