"""Task types that do what a test tells them."""

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from evidoc.flows.options import Option, boolean, text, whole_number
from evidoc.flows.task import Work
from evidoc.kernel.errors import DeliveryFailed, DeliveryRefused
from evidoc.kernel.output import TextOutput

PATIENCE = 30.0

tries: Counter[str] = Counter()
"""How often each task was tried, by run id and task id."""

meetings: dict[str, threading.Barrier] = {}
reached: dict[str, threading.Event] = {}
let_go: dict[str, threading.Event] = {}


class Flaky:
    """Fails ``failures`` times; for good at once if ``refused``, by a bug if ``bug``."""

    options: ClassVar[Mapping[str, Option]] = {
        "failures": Option(whole_number(0, 1000)),
        "refused": Option(boolean),
        "bug": Option(boolean),
    }

    def run(self, work: Work) -> TextOutput:
        key = f"{work.run.run_id} {work.task_id}"
        tries[key] += 1
        if tries[key] <= work.config.get("failures", 0):
            if work.config.get("bug"):
                raise ZeroDivisionError("secret of the document")
            raise (DeliveryRefused if work.config.get("refused") else DeliveryFailed)(f"try {tries[key]}")
        return _said(f"tried {tries[key]} times")


class Meeting:
    """Waits until all tasks of the meeting ``place`` are there."""

    options: ClassVar[Mapping[str, Option]] = {"place": Option(text(), required=True)}

    def run(self, work: Work) -> TextOutput:
        meetings[work.config["place"]].wait(PATIENCE)
        return _said("met")


class Held:
    """Says that it is reached, and waits until it is let go; with ``heeds`` it then looks whether to stop."""

    options: ClassVar[Mapping[str, Option]] = {"name": Option(text(), required=True), "heeds": Option(boolean)}

    def run(self, work: Work) -> TextOutput:
        reached[work.config["name"]].set()
        assert let_go[work.config["name"]].wait(PATIENCE)
        if work.config.get("heeds"):
            work.durable.stop.check()
        return _said("let go")


def hold(name: str) -> tuple[threading.Event, threading.Event]:
    """The events "it is reached" and "let it go" of the held task ``name``."""
    reached[name], let_go[name] = threading.Event(), threading.Event()
    return reached[name], let_go[name]


def _said(text: Any) -> TextOutput:
    return TextOutput("text", 1, text=str(text))
