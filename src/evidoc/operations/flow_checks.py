"""Whether a definition can run: in either notation, with what this server and this organisation have."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evidoc.flows.commit import graph_of
from evidoc.flows.house import House
from evidoc.flows.notations.checked import Checked, ErrorType, Problem
from evidoc.flows.notations.doclo import check_doclo, is_doclo
from evidoc.flows.references import parse_reference
from evidoc.kernel.errors import Conflict, Detail, InvalidRequest, NotFound
from evidoc.kernel.principal import BUILTIN_ORG

LONGEST_SLUG = 64
TASKS = "tasks"
"""The name of our own notation."""

_RUNNING_TYPES = frozenset({"trigger", "for_each"})


class FlowChecks:
    """Checks definitions and slugs."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._flows = house.store.flows

    def check(self, org_id: str, definition: Any, own: frozenset[str] = frozenset()) -> Checked:
        """Everything about a definition. ``own`` are the id and slug of the flow that it is for: it may not run itself.

        A definition in our own notation comes back as it is, one in the public format as the graph that it becomes.
        """
        if is_doclo(definition):
            checked = check_doclo(definition, self._house.task_types, lambda name: self._missing(org_id, name, own))
        else:
            checked = self._check_tasks(org_id, definition, own)
        if checked.definition is None:
            return checked
        faults = [*self._connection_faults(checked.definition)]
        faults += self._house.understander.pattern_faults(list(_patterns(checked.definition)))
        if not faults:
            return checked
        errors = tuple(Problem(ErrorType.INVALID_CONFIG, fault.field, fault.message) for fault in faults)
        return Checked(checked.notation, errors, checked.warnings)

    def check_slug(self, slug: str) -> None:
        """Raises InvalidRequest for what is no slug, Conflict where a built-in flow has it."""
        if len(slug) > LONGEST_SLUG or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
            wanted = f"must be 1 to {LONGEST_SLUG} characters a-z and 0-9, single hyphens between them"
            raise InvalidRequest(details=[Detail("slug", wanted)])
        if self.is_built_in(slug):
            raise Conflict(f"The slug {slug!r} is that of a built-in flow")

    def is_built_in(self, slug: str) -> bool:
        """Whether a built-in flow has this slug."""
        return slug in {flow.slug for flow in self._flows.active(BUILTIN_ORG)}

    def _check_tasks(self, org_id: str, definition: Any, own: frozenset[str]) -> Checked:
        try:
            graph_of(definition, self._house.task_types)
        except InvalidRequest as error:
            return Checked(TASKS, tuple(_problem(detail) for detail in error.details))
        errors = []
        for path, name in _references(definition, "definition"):
            if (fault := self._missing(org_id, name, own)) is not None:
                errors.append(Problem(ErrorType.INVALID_CONFIG, path, fault))
        return Checked(TASKS, tuple(errors), (), None if errors else definition)

    def _missing(self, org_id: str, name: str, own: frozenset[str]) -> str | None:
        """What is wrong with a reference to a flow."""
        reference = parse_reference(name)
        if reference is None:
            return f"{name[:60]!r} is no reference to a flow"
        if reference.flow in own:
            return "a flow cannot run itself"
        try:
            flow = self._flows.find(org_id, reference.flow)
            self._flows.version(flow, reference.version)
        except NotFound as error:
            what = f"no version {reference.version} of the flow" if "version" in error.code else "no flow"
            return f"there is {what} {reference.flow!r}"
        return None

    def _connection_faults(self, definition: Mapping[str, Any]) -> Iterator[Detail]:
        known = self._house.rows.names
        for path, task in _tasks(definition, "definition"):
            wanted = task.get("config", {}).get("connection")
            if task["type"] == "database_connector" and wanted is not None and wanted not in known:
                message = f"there is no connection {wanted!r}; known are {', '.join(known)}"
                yield Detail(f"{path}.config.connection", message)


def _problem(detail: Detail) -> Problem:
    in_schema = ".config.schema" in detail.field
    return Problem(ErrorType.INVALID_SCHEMA if in_schema else ErrorType.INVALID_CONFIG, detail.field, detail.message)


def _tasks(definition: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tasks of a valid definition and of those inside it, each with its path."""
    for index, task in enumerate(definition["tasks"]):
        at = f"{path}.tasks[{index}]"
        yield at, task
        inner = task.get("config", {}).get("definition")
        if task["type"] in _RUNNING_TYPES and inner is not None:
            yield from _tasks(inner, f"{at}.config.definition")


def _references(definition: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for at, task in _tasks(definition, path):
        if task["type"] in _RUNNING_TYPES and "flow" in task.get("config", {}):
            yield f"{at}.config.flow", task["config"]["flow"]


def _patterns(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The regular expressions of a definition that is otherwise valid, each with the path of its field."""
    for path, task in _tasks(definition, "definition"):
        for key in ("entities", "custom_entities"):
            for place, wanted in enumerate(task.get("config", {}).get(key, ())):
                if isinstance(wanted, Mapping) and "pattern" in wanted:
                    yield f"{path}.config.{key}[{place}].pattern", wanted["pattern"]
