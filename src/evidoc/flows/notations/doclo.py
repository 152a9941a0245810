"""The public flow format 1.0.0 of Doclo: checked, and compiled into the graph that every flow becomes."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from evidoc.flows.commit import graph_of
from evidoc.flows.definition import MOST_BYTES
from evidoc.flows.notations.checked import Checked, Findings
from evidoc.flows.notations.compile import compiled
from evidoc.flows.notations.steps import check_flow_definition
from evidoc.flows.task import Task
from evidoc.kernel.errors import InvalidRequest
from evidoc.kernel.registry import Registry

NOTATION = "doclo-1.0.0"

MissingFlow = Callable[[str], str | None]
"""What keeps a reference to a flow from being one, as a sentence; None where nothing does."""


def is_doclo(definition: Any) -> bool:
    """Whether this is meant to be in the public format: it has steps, where our own notation has tasks."""
    return isinstance(definition, Mapping) and "steps" in definition and "tasks" not in definition


def check_doclo(definition: Any, types: Registry[type[Task]], missing: MissingFlow = lambda _name: None) -> Checked:
    """Everything that is wrong with a flow or worth knowing, and the graph of tasks that it is if nothing is wrong."""
    findings = Findings()
    size = len(json.dumps(definition, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        findings.fault("", f"must not be larger than {MOST_BYTES} bytes; this is {size}")
    else:
        check_flow_definition(definition, findings)
    graph: dict[str, Any] | None = None
    if not findings.errors:
        for path, name in references(definition, ""):
            if (fault := missing(name)) is not None:
                findings.fault(path, fault)
    if not findings.errors:
        graph = compiled(definition)
        try:
            graph_of(graph, types)
        except InvalidRequest as error:
            graph = None
            for detail in error.details:
                findings.fault(detail.field, detail.message)
    return Checked(NOTATION, tuple(findings.errors), tuple(findings.warnings), graph)


def references(flow: Mapping[str, Any], path: str) -> list[tuple[str, str]]:
    """Every flow that a valid flow refers to, with the path of the field that does."""
    found: list[tuple[str, str]] = []
    for index, step in enumerate(flow["steps"]):
        at = f"{path}steps[{index}]"
        inner = [(f"{at}.branches.{name}", branch) for name, branch in step.get("branches", {}).items()]
        if "itemFlow" in step:
            inner.append((f"{at}.itemFlow", step["itemFlow"]))
        if step["nodeType"] == "trigger":
            found.append((f"{at}.config.flowRef", step["config"]["flowRef"]))
        for place, one in inner:
            found += [(f"{place}.flowRef", one["flowRef"])] if "flowRef" in one else references(one, f"{place}.")
    return found
