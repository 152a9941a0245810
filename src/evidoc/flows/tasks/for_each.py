"""Run a flow on each section of a document that another task parted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from evidoc.flows.children import Child, ChildEnd, inline, output_of_child, perform_children, referred
from evidoc.flows.options import Option, whole_number
from evidoc.flows.references import DEEPEST, check_flow
from evidoc.flows.sources import check_source
from evidoc.flows.task import Work
from evidoc.flows.values import list_of, object_of, plain, refuse_too_much, section_value
from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.output import SectionsOutput, ValueOutput
from evidoc.kernel.records import RunStatus
from evidoc.kernel.value_output import Section

AT_ONCE = 4
MOST_AT_ONCE = 16


def check_definition(value: Any, path: str) -> Iterator[Detail]:
    """The faults of a definition inside a definition, their paths within it."""
    # A definition's tasks hold definitions in turn, so each needs the other.
    from evidoc.flows.commit import graph_of
    from evidoc.flows.task import task_types

    if _levels(value) > DEEPEST:
        yield Detail(path, f"holds definitions in each other more than {DEEPEST} levels deep")
        return
    try:
        graph_of(value, task_types())
    except InvalidRequest as error:
        for detail in error.details:
            yield Detail(path + detail.field.removeprefix("definition"), detail.message)


def _levels(definition: Any) -> int:
    """How many definitions lie in each other at the deepest place; no more than ``DEEPEST`` + 1 are counted."""
    level, found = 0, [definition]
    while found and level <= DEEPEST:
        level += 1
        tasks = [task for one in found if isinstance(one, Mapping) for task in _listed(one.get("tasks"))]
        configs = [task.get("config") for task in tasks if isinstance(task, Mapping)]
        found = [one["definition"] for one in configs if isinstance(one, Mapping) and "definition" in one]
    return level


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


class ForEach:
    """``from``: the task that parted the document. ``flow``: the flow to run, by reference, or a ``definition``.

    ``at_once``: how many sections are worked on at the same time (4). What fails for one section is told among its
    facts, and keeps nothing from the others.
    """

    options: ClassVar[Mapping[str, Option]] = {
        "from": Option(check_source, required=True),
        "flow": Option(check_flow),
        "definition": Option(check_definition),
        "at_once": Option(whole_number(1, MOST_AT_ONCE)),
    }

    def run(self, work: Work) -> ValueOutput:
        """An object with ``items``: for each section it, a ``status``, and the ``output`` or the ``error``.

        Raises FlowNesting, FlowNotFound, RunCancelled, and InvalidRequest where all outputs together are too large.
        """
        parted = work.before.get(work.config["from"])
        if not isinstance(parted, SectionsOutput):
            raise InvalidRequest(f"The task {work.config['from']!r} does not part the document into sections")
        definition = work.config.get("definition")
        flow, version = referred(work, work.config.get("flow", "")) if definition is None else inline(work, definition)
        children = [
            Child(
                flow,
                version,
                work.run.parameters,
                (section.first_page, section.last_page),
                plain(section_value(section)),
            )
            for section in parted.sections
        ]
        ends = perform_children(work, children, work.config.get("at_once", AT_ONCE))
        items: list[ValueOutput] = []
        refuse_too_much(_kept(_items(work, parted.sections, ends), items))
        return object_of({"items": list_of(items)})


def _items(work: Work, sections: Sequence[Section], ends: Sequence[ChildEnd]) -> Iterator[ValueOutput]:
    for section, end in zip(sections, ends, strict=True):
        item = {"section": plain(section_value(section))}
        status = end.run.status if end.run is not None else RunStatus.FAILED
        item["status"] = plain(status.value)
        if end.run is not None:
            item["run_id"] = plain(end.run.run_id)
        if end.run is not None and status is RunStatus.COMPLETED:
            item["output"] = output_of_child(work, end.run)
        elif end.failure is not None:
            item["error"] = plain({"code": end.failure.code, "message": end.failure.message})
        yield object_of(item)


def _kept(items: Iterator[ValueOutput], kept: list[ValueOutput]) -> Iterator[ValueOutput]:
    for item in items:
        kept.append(item)
        yield item
