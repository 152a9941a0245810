"""One engine at most is started in a process: DBOS is a singleton of the process, too."""

import threading

_guard = threading.Lock()
_started: list[object] = []


def occupy(engine: object) -> None:
    """Take the place. Raises RuntimeError where another engine has it."""
    with _guard:
        if _started:
            raise RuntimeError("an engine is running in this process already")
        _started.append(engine)


def vacate(engine: object) -> None:
    """Give the place back."""
    with _guard:
        if engine in _started:
            _started.remove(engine)
