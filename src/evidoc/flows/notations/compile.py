"""A valid flow in the public format 1.0.0 as a graph of tasks in our own notation.

A step that asks the document depends on no other step, so such steps run side by side; one that works on values
depends on those whose values it takes. A conditional becomes a task that categorizes, the tasks of its branches
under a condition each, and one that goes on with what the taken branch gave. A forEach becomes a task that parts the
document and one that runs the inner flow for each section.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evidoc.flows.notations.steps import Scope, content_type
from evidoc.flows.sources import INPUT

_LONGEST_ID = 64
_FORMATS = {"text": "text", "markdown": "markdown", "json": "json", "html": "json"}


def compiled(flow: Mapping[str, Any]) -> dict[str, Any]:
    """The definition of a flow that was checked and has no errors."""
    compiling = _Compiling()
    result = compiling.flow(flow, _Place(Scope(), "", INPUT))
    definition: dict[str, Any] = {"tasks": compiling.tasks, "result": result}
    accepts = flow.get("inputValidation")
    if accepts and accepts.get("acceptedFormats"):
        kinds = [content_type(name) for name in accepts["acceptedFormats"]]
        definition["accepts"] = {
            "content_types": list(dict.fromkeys(kinds)),
            "refuse": accepts.get("throwOnInvalid", True),
        }
    return definition


class _Place:
    """Where the steps of one flow stand: what they may refer to, their ids' beginning, their input and condition."""

    def __init__(self, scope: Scope, prefix: str, given: str, when: Mapping[str, Any] | None = None) -> None:
        self.scope = scope
        self.prefix = prefix
        self.given = given
        self.when = when


class _Compiling:
    """The tasks of one definition as they are made."""

    def __init__(self) -> None:
        self.tasks: list[dict[str, Any]] = []
        self._ids: set[str] = set()

    def flow(self, flow: Mapping[str, Any], place: _Place) -> str:
        """Make the tasks of a flow; the id of the task that gives what the flow gives."""
        present = place.given
        outputs: list[tuple[str | None, str, str]] = []
        for step in flow["steps"]:
            present = self._step(step, place, present)
            place.scope.names[step["id"]] = present
            if step["nodeType"] == "output":
                outputs.append(((step.get("config") or {}).get("name"), step["id"], present))
        if len(outputs) == 1 and outputs[0][0] is None:
            return outputs[0][2]
        if outputs:
            members = {name or step_id: task_id for name, step_id, task_id in outputs}
            return self._task(place, "result", "output", {"members": members}, members.values(), needs="any")
        if present == place.given:
            return self._task(place, "result", "output", {"members": {}}, ())
        return present

    def _step(self, step: Mapping[str, Any], place: _Place, present: str) -> str:
        match step["type"]:
            case "conditional":
                return self._conditional(step, place, present)
            case "forEach":
                return self._for_each(step, place)
            case _:
                return self._single(step, place, present)

    def _single(self, step: Mapping[str, Any], place: _Place, present: str) -> str:
        config: Mapping[str, Any] = step.get("config") or {}
        node, name = step["nodeType"], step.get("name")
        match node:
            case "parse":
                given = {"output_format": _FORMATS[config.get("format", "json")]}
                return self._task(place, step["id"], "document_parser", given, (), name=name)
            case "extract":
                keys = {"schema": "schema", "schemaFrom": "schema_from"}
                given = {ours: config[theirs] for theirs, ours in keys.items() if theirs in config}
                return self._task(place, step["id"], "extract", given, (), name=name)
            case "categorize" | "split":
                return self._task(place, step["id"], node, _categories(node, config), (), name=name)
            case "trigger":
                return self._trigger(step, place, present)
            case _:
                return self._gathering(step, place, present)

    def _gathering(self, step: Mapping[str, Any], place: _Place, present: str) -> str:
        """A combine or output step: it takes the values of the steps it names, or of the one before it."""
        config: Mapping[str, Any] = step.get("config") or {}
        named = config.get("source")
        steps = [named] if isinstance(named, str) else named
        sources = [present] if steps is None else [_found(place.scope, one) for one in steps]
        given: dict[str, Any] = {"from": sources}
        for theirs, ours in (("strategy", "strategy"), ("transform", "transform"), ("fields", "pick")):
            if config.get(theirs):
                given[ours] = config[theirs]
        return self._task(
            place, step["id"], step["nodeType"], given, sources, name=step.get("name"), needs="any" if steps else "all"
        )

    def _trigger(self, step: Mapping[str, Any], place: _Place, present: str) -> str:
        config: Mapping[str, Any] = step["config"]
        given: dict[str, Any] = {"flow": config["flowRef"], "from": present}
        sources = [present]
        if "inputMapping" in config:
            given["mapping"] = _mapping(config["inputMapping"], place.scope, sources)
        if "timeout" in config:
            given["timeout_ms"] = config["timeout"]
        return self._task(place, step["id"], "trigger", given, sources, name=step.get("name"))

    def _conditional(self, step: Mapping[str, Any], place: _Place, present: str) -> str:
        config: Mapping[str, Any] = step["config"]
        branches: Mapping[str, Mapping[str, Any]] = step["branches"]
        given = _categories("categorize", config if "categories" in config else {"categories": list(branches)})
        asked = self._task(place, f"{step['id']}.category", "categorize", given, (), name=step.get("name"))
        ends = []
        for category, branch in branches.items():
            beginning = f"{place.prefix}{step['id']}.{category}"
            when = {"task": asked, "is": [category]}
            if "flowRef" in branch:
                inside = _Place(Scope(place.scope), "", present, when)
                runs = {"flow": branch["flowRef"], "from": present}
                ends.append(self._task(inside, beginning, "trigger", runs, [present]))
            else:
                ends.append(self.flow(branch, _Place(Scope(place.scope), f"{beginning}.", present, when)))
        # Where the conditional itself is not wanted, none of its branches is, and so neither is the join.
        outside = _Place(place.scope, place.prefix, present)
        return self._task(outside, step["id"], "join", {"from": ends}, ends, needs="any")

    def _for_each(self, step: Mapping[str, Any], place: _Place) -> str:
        given = _categories("split", step["config"])
        parted = self._task(place, f"{step['id']}.sections", "split", given, (), name=step.get("name"))
        inner: Mapping[str, Any] = step["itemFlow"]
        flow = {"flow": inner["flowRef"]} if "flowRef" in inner else {"definition": compiled(inner)}
        return self._task(place, step["id"], "for_each", {"from": parted, **flow}, [parted])

    def _task(
        self,
        place: _Place,
        name_of_step: str,
        kind: str,
        config: Mapping[str, Any],
        sources: Iterable[str],
        *,
        name: str | None = None,
        needs: str = "all",
    ) -> str:
        """Make a task that takes values from ``sources``; its id."""
        task_id = self._id(place.prefix + name_of_step)
        before = [place.when["task"]] if place.when else []
        before += [source for source in sources if source != INPUT]
        task: dict[str, Any] = {"id": task_id, "type": kind, "depends_on": list(dict.fromkeys(before))}
        if name:
            task["name"] = name
        if place.when:
            task["when"] = dict(place.when)
        if needs != "all":
            task["needs"] = needs
        self.tasks.append(task | {"config": dict(config)})
        return task_id

    def _id(self, wanted: str) -> str:
        """An id of a task that no other has, as like ``wanted`` as ids may be."""
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", wanted).lstrip("_.-") or "step"
        if len(plain) > _LONGEST_ID or plain in self._ids:
            mark = hashlib.sha256(f"{wanted}\n{len(self._ids)}".encode()).hexdigest()[:8]
            plain = f"{plain[: _LONGEST_ID - 9]}-{mark}"
        self._ids.add(plain)
        return plain


def _categories(node: str, config: Mapping[str, Any]) -> dict[str, Any]:
    categories: Sequence[Any] = config.get("categories") or list(config.get("schemas", ()))
    given: dict[str, Any] = {"categories": list(categories)}
    if node == "split" and "includeOther" in config:
        given["include_other"] = config["includeOther"]
    return given


def _mapping(mapping: Mapping[str, Any], scope: Scope, sources: list[str]) -> dict[str, Any]:
    match mapping["type"]:
        case "artifact":
            return {"type": "artifact", **_artifact(mapping["path"], scope, sources)}
        case "merge":
            return {"type": "merge", **_artifact(mapping["artifactPath"], scope, sources)}
        case "construct":
            fields = {name: _field(one, scope, sources) for name, one in mapping["fields"].items()}
            return {"type": "construct", "fields": fields}
        case _:
            return {"type": mapping["type"]}


def _field(field: Mapping[str, Any], scope: Scope, sources: list[str]) -> dict[str, Any]:
    match field["source"]:
        case "artifact":
            return {"source": "artifact", **_artifact(field["path"], scope, sources)}
        case "literal":
            return {"source": "literal", "value": field["value"]}
        case _:
            return {"source": "input", **({"path": field["path"].split(".")} if field.get("path") else {})}


def _artifact(path: str, scope: Scope, sources: list[str]) -> dict[str, Any]:
    step, *rest = path.split(".")
    source = _found(scope, step)
    sources.append(source)
    return {"from": source, **({"path": rest} if rest else {})}


def _found(scope: Scope, step: str) -> str:
    found = scope.find(step)
    assert found is not None, "checked before"
    return found
