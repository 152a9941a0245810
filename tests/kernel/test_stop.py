"""A sign that work is no longer wanted reaches whoever does the work, once."""

import threading

import pytest

from evidoc.kernel.errors import RunCancelled
from evidoc.kernel.stop import Stop

PATIENCE = 20.0


class Halt(BaseException):
    """The end of the process."""


def test_it_calls_back_and_wakes_and_raises_once_set() -> None:
    stop, called = Stop(), []
    stop.on_set(lambda: called.append("first"))
    stop.on_set(lambda: called.append("second"))()
    waiting = threading.Thread(target=lambda: called.append(stop.wait(PATIENCE)))
    waiting.start()
    stop.check()
    for _ in range(2):
        stop.set()
    waiting.join(PATIENCE)
    assert sorted(map(str, called)) == ["True", "first"]
    assert stop.is_set()
    with pytest.raises(RunCancelled):
        stop.check()


def test_who_comes_late_is_called_at_once() -> None:
    stop, called = Stop(), []
    stop.set()
    stop.on_set(lambda: called.append("late"))
    assert called == ["late"]


def test_the_end_of_the_process_is_no_cancelling() -> None:
    stop = Stop()
    stop.interrupt(Halt)
    stop.set()
    assert not stop.is_set()
    assert stop.wait(0)
    with pytest.raises(Halt):
        stop.check()


def test_what_was_undone_is_not_under_way_any_more() -> None:
    stop, in_call, let_go, undone = Stop(), threading.Event(), threading.Event(), threading.Event()

    def call() -> None:
        in_call.set()
        assert let_go.wait(PATIENCE)

    undo = stop.on_set(call)
    setting = threading.Thread(target=stop.set)
    setting.start()
    assert in_call.wait(PATIENCE)
    undoing = threading.Thread(target=lambda: (undo(), undone.set()))
    undoing.start()
    assert not undone.is_set()
    let_go.set()
    assert undone.wait(PATIENCE)
    setting.join(PATIENCE)
    undoing.join(PATIENCE)
