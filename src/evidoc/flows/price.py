"""What a run of a definition may cost: credits for each page of its document.

Reading a page costs one credit, and each task that asks its own question of a page one more. Of branches that
exclude each other the dearest counts: it is the most that a page can cost, and what is charged for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from evidoc.flows.references import DEEPEST, Reference, parse_reference
from evidoc.kernel.errors import FlowNesting, NotFound
from evidoc.storing.database import Transaction
from evidoc.storing.store import Store

READING = 1
"""Credits for reading one page, whatever a flow makes of it."""

PRICED_TYPES: Mapping[str, int] = {
    "extract": 1,
    "categorize": 1,
    "split": 1,
    "entity_extraction": 1,
    "document_classification": 1,
}
"""The types of task that cost something, and the credits for each page."""


RUNNING_TYPES = frozenset({"trigger", "for_each"})
"""The types of task that run a flow: the one in their config's ``definition``, or the one that ``flow`` names."""

LookUp: TypeAlias = Callable[[Reference], "Mapping[str, Any] | None"]
"""The definition that a reference to a flow stands for; None where there is none."""

MOST_RUNS = 1000
"""How many runs the triggers below one run may start. Those for sections are not counted: pages bound them."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The most that a run may come to: credits for each page, and runs that its triggers start, all levels together."""

    credits_per_page: int
    runs: int


def price_of(store: Store, org_id: str, definition: Mapping[str, Any], on: Transaction | None = None) -> int:
    """Credits per page of a definition that an organisation runs, with the flows as that organisation sees them now.

    A flow that is not there counts nothing: the task that names it fails, and a run that failed costs nothing.
    """
    return _extent_now(store, org_id, definition, on).credits_per_page


def price_of_run(store: Store, org_id: str, definition: Mapping[str, Any], on: Transaction | None = None) -> int:
    """As ``price_of``. Raises FlowNesting where the flows that run each other would come to too many runs."""
    extent = _extent_now(store, org_id, definition, on)
    if extent.runs > MOST_RUNS:
        raise FlowNesting(f"The flow would start more than {MOST_RUNS} runs of other flows")
    return extent.credits_per_page


def _extent_now(store: Store, org_id: str, definition: Mapping[str, Any], on: Transaction | None) -> Extent:
    def look_up(reference: Reference) -> Mapping[str, Any] | None:
        try:
            flow = store.flows.find(org_id, reference.flow, on=on)
            return store.flows.version(flow, reference.version, on=on).definition
        except NotFound:
            return None

    return extent_of(definition, look_up)


def extent_of(definition: Mapping[str, Any], look_up: LookUp = lambda _reference: None) -> Extent:
    """What a run of a valid definition may come to, the flows that its tasks run included."""
    questions, runs = _Sum(look_up).of(definition, DEEPEST)
    return Extent(READING + questions, runs)


class _Sum:
    """Adds up the questions of each page and the runs; each flow once at each level, however often it is named."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._known: dict[tuple[Reference, int], tuple[int, int]] = {}

    def of(self, definition: Mapping[str, Any], levels: int) -> tuple[int, int]:
        tasks: Sequence[Mapping[str, Any]] = definition["tasks"]
        own = {task["id"]: self._task(task, levels) for task in tasks}
        branches: dict[str, dict[str, list[str]]] = {}
        for task in tasks:
            for category in task["when"]["is"] if "when" in task else ():
                branches.setdefault(task["when"]["task"], {}).setdefault(category, []).append(task["id"])
        whole: dict[str, int] = {}

        def with_branches(task_id: str) -> int:
            if task_id not in whole:
                ways = branches.get(task_id, {}).values()
                whole[task_id] = own[task_id][0] + max((sum(map(with_branches, names)) for names in ways), default=0)
            return whole[task_id]

        questions = sum(with_branches(task["id"]) for task in tasks if "when" not in task)
        return min(questions, _LARGEST), min(sum(runs for _, runs in own.values()), _LARGEST)

    def _task(self, task: Mapping[str, Any], levels: int) -> tuple[int, int]:
        price = PRICED_TYPES.get(task["type"], 0)
        if task["type"] not in RUNNING_TYPES or not levels:
            return price, 0
        questions, runs = self._inner(task.get("config", {}), levels - 1)
        return price + questions, runs + (task["type"] == "trigger")

    def _inner(self, config: Mapping[str, Any], levels: int) -> tuple[int, int]:
        if "definition" in config:
            return self.of(config["definition"], levels)
        reference = parse_reference(config.get("flow", ""))
        if reference is None:
            return 0, 0
        key = (reference, levels)
        if key not in self._known:
            definition = self._look_up(reference)
            self._known[key] = (0, 0) if definition is None else self.of(definition, levels)
        return self._known[key]


_LARGEST = 2**31 - 1
