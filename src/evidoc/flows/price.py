"""What a run of a definition may cost: credits for each page of its document.

Reading a page costs one credit, and each task that asks its own question of a page one more. Of branches that
exclude each other the dearest counts: it is the most that a page can cost, and what is charged for it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from evidoc.flows.references import DEEPEST, Reference, parse_reference
from evidoc.kernel.errors import NotFound
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


def price_of(store: Store, org_id: str, definition: Mapping[str, Any], on: Transaction | None = None) -> int:
    """Credits per page of a definition that an organisation runs, with the flows as that organisation sees them now.

    A flow that is not there counts nothing: the task that names it fails, and a run that failed costs nothing.
    """

    def look_up(reference: Reference) -> Mapping[str, Any] | None:
        try:
            flow = store.flows.find(org_id, reference.flow, on=on)
            return store.flows.version(flow, reference.version, on=on).definition
        except NotFound:
            return None

    return credits_per_page(definition, look_up)


def credits_per_page(definition: Mapping[str, Any], look_up: LookUp = lambda _reference: None) -> int:
    """The most that one page can cost in a run of a valid definition, flows that its tasks run included."""
    return READING + _questions(definition, look_up, DEEPEST)


def _questions(definition: Mapping[str, Any], look_up: LookUp, levels: int) -> int:
    tasks: Sequence[Mapping[str, Any]] = definition["tasks"]
    own = {task["id"]: _own_price(task, look_up, levels) for task in tasks}
    conditions = {task["id"]: task.get("when") for task in tasks}
    branches: dict[str, dict[str, list[str]]] = {}
    for task_id, when in conditions.items():
        if when is None:
            continue
        for category in when["is"]:
            branches.setdefault(when["task"], {}).setdefault(category, []).append(task_id)

    def with_branches(task_id: str) -> int:
        dearest = max((sum(map(with_branches, names)) for names in branches.get(task_id, {}).values()), default=0)
        return own[task_id] + dearest

    return sum(with_branches(task_id) for task_id, when in conditions.items() if not when)


def _own_price(task: Mapping[str, Any], look_up: LookUp, levels: int) -> int:
    config: Mapping[str, Any] = task.get("config", {})
    inner: Mapping[str, Any] | None = config.get("definition") if task["type"] in RUNNING_TYPES else None
    reference = parse_reference(config.get("flow", "")) if task["type"] in RUNNING_TYPES else None
    if inner is None and reference is not None and levels:
        inner = look_up(reference)
    own = PRICED_TYPES.get(task["type"], 0)
    return own if inner is None else own + _questions(inner, look_up, levels - 1)
