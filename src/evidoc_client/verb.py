"""Verbs, and the two ways of doing them: each verb is written once and is there in both clients.

On a part of ``Client`` a verb gives its result; on a part of ``AsyncClient`` it gives something to await. The same for
what gives several things: an iterator there, an asynchronous iterator here.
"""

import asyncio
import functools
import inspect
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, cast, overload

from evidoc_client.call import Call, Reply
from evidoc_client.exchange import Retries, exchange
from evidoc_client.steps import Item, Lost, Pause, Send, Step, Steps, Stream, Tell, ask

P = ParamSpec("P")
T = TypeVar("T")


class Sender(Protocol):
    """Sends a request once, and blocks."""

    retries: Retries

    def send(self, call: Call[Any]) -> Reply | Lost:
        """What came of it."""


class AsyncSender(Protocol):
    """Sends a request once."""

    retries: Retries

    async def send(self, call: Call[Any]) -> Reply | Lost:
        """What came of it."""


class Part:
    """A part of a client that blocks."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender


class AsyncPart:
    """A part of a client that awaits."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender


class Verb(Generic[P, T]):
    """A verb with one result, made of a method that gives a request or steps."""

    def __init__(self, told: Callable[Concatenate[Any, P], Call[T] | Steps[T]]) -> None:
        self._told = told
        functools.update_wrapper(cast(Any, self), told)

    @overload
    def __get__(self, part: None, owner: type) -> "Verb[P, T]": ...
    @overload
    def __get__(self, part: Part, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, part: AsyncPart, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, part: Part | AsyncPart | None, owner: type) -> Any:
        if part is None:
            return self
        sender = part._sender

        def blocking(*given: P.args, **named: P.kwargs) -> T:
            return _perform(self.steps(part, *given, **named), cast(Sender, sender))

        async def awaiting(*given: P.args, **named: P.kwargs) -> T:
            return await _perform_async(self.steps(part, *given, **named), cast(AsyncSender, sender))

        return _dressed(blocking if isinstance(part, Part) else awaiting, self._told)

    def steps(self, part: Any, *given: P.args, **named: P.kwargs) -> Steps[T]:
        """The steps of the verb, for a verb that is made of others."""
        told = self._told(part, *given, **named)
        return ask(told) if isinstance(told, Call) else told


class Many(Generic[P, T]):
    """A verb that gives several things, one after another as they are asked for."""

    def __init__(self, told: Callable[Concatenate[Any, P], Stream[T]]) -> None:
        self._told = told
        functools.update_wrapper(cast(Any, self), told)

    @overload
    def __get__(self, part: None, owner: type) -> "Many[P, T]": ...
    @overload
    def __get__(self, part: Part, owner: type) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, part: AsyncPart, owner: type) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, part: Part | AsyncPart | None, owner: type) -> Any:
        if part is None:
            return self
        sender = part._sender

        def blocking(*given: P.args, **named: P.kwargs) -> Iterator[T]:
            return _iterate(self._told(part, *given, **named), cast(Sender, sender))

        def awaiting(*given: P.args, **named: P.kwargs) -> AsyncIterator[T]:
            return _iterate_async(self._told(part, *given, **named), cast(AsyncSender, sender))

        return _dressed(blocking if isinstance(part, Part) else awaiting, self._told)


def _dressed(done: Callable[..., Any], told: Callable[..., Any]) -> Callable[..., Any]:
    """``done`` with the name, the words and the parameters of the method that it was made of."""
    done.__name__, done.__qualname__, done.__doc__ = told.__name__, told.__qualname__, told.__doc__
    signature = inspect.signature(told)
    done.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=list(signature.parameters.values())[1:], return_annotation=inspect.Signature.empty
    )
    return done


def _perform(steps: Generator[Step, Any, T], sender: Sender) -> T:
    advance: Callable[[], Step] = lambda: next(steps)  # noqa: E731
    while True:
        try:
            step = advance()
        except StopIteration as ended:
            return cast(T, ended.value)
        advance = _then(steps, functools.partial(_do, step, sender))


def _iterate(steps: Generator[Step | Item[T], Any, None], sender: Sender) -> Iterator[T]:
    advance: Callable[[], Step | Item[T]] = lambda: next(steps)  # noqa: E731
    while True:
        try:
            step = advance()
        except StopIteration:
            return
        if isinstance(step, Item):
            yield step.value
            advance = functools.partial(steps.send, None)
        else:
            advance = _then(steps, functools.partial(_do, step, sender))


def _then(steps: Generator[Any, Any, Any], do: Callable[[], Any]) -> Callable[[], Any]:
    """Does a step; gives how to go on with what came of it."""
    try:
        outcome = do()
    except Exception as error:  # noqa: BLE001 - every error belongs to the verb, which may know what to do
        return functools.partial(steps.throw, error)
    return functools.partial(steps.send, outcome)


def _do(step: Step, sender: Sender) -> Any:
    match step:
        case Call():
            return _perform(exchange(step, sender.retries), sender)
        case Send():
            return sender.send(step.call)
        case Pause():
            return time.sleep(step.seconds)
        case Tell():
            return step.whom(step.what)


async def _perform_async(steps: Generator[Step, Any, T], sender: AsyncSender) -> T:
    advance: Callable[[], Step] = lambda: next(steps)  # noqa: E731
    while True:
        try:
            step = advance()
        except StopIteration as ended:
            return cast(T, ended.value)
        advance = await _then_async(steps, _do_async(step, sender))


async def _iterate_async(steps: Generator[Step | Item[T], Any, None], sender: AsyncSender) -> AsyncIterator[T]:
    advance: Callable[[], Step | Item[T]] = lambda: next(steps)  # noqa: E731
    while True:
        try:
            step = advance()
        except StopIteration:
            return
        if isinstance(step, Item):
            yield step.value
            advance = functools.partial(steps.send, None)
        else:
            advance = await _then_async(steps, _do_async(step, sender))


async def _then_async(steps: Generator[Any, Any, Any], doing: Coroutine[Any, Any, Any]) -> Callable[[], Any]:
    try:
        outcome = await doing
    except Exception as error:  # noqa: BLE001 - every error belongs to the verb, which may know what to do
        return functools.partial(steps.throw, error)
    return functools.partial(steps.send, outcome)


async def _do_async(step: Step, sender: AsyncSender) -> Any:
    match step:
        case Call():
            return await _perform_async(exchange(step, sender.retries), sender)
        case Send():
            return await sender.send(step.call)
        case Pause():
            return await asyncio.sleep(step.seconds)
        case Tell():
            answer = step.whom(step.what)
            return await answer if inspect.isawaitable(answer) else answer
