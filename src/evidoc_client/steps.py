"""What a verb does, step by step, told to whoever does it: a client that blocks or one that awaits.

A verb is a generator of steps. It never sends, sleeps or calls back by itself; so there is one of each verb, and one
place that decides what is tried again.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from evidoc_client.call import Call
from evidoc_client.errors import NetworkError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send it once. The answer is a Reply, or Lost."""

    call: Call[Any]


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer came. ``unsent``: nothing reached the server either."""

    error: NetworkError
    cause: Exception = field(repr=False)
    unsent: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Tell:
    """Call the caller back."""

    whom: Callable[[Any], object]
    what: Any


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """One of several things that are given one after another."""

    value: T


Step = Call[Any] | Send | Pause | Tell
Steps = Generator[Step, Any, T]
Stream = Generator[Step | Item[T], Any, None]


def ask(call: Call[T]) -> Steps[T]:
    """The answer to a request, tried again as far as that is safe. Raises EvidocApiError, NetworkError, BadAnswer."""
    answer: T = yield call
    return answer
