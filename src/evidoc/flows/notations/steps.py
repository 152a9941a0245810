"""Checking a flow in the public format 1.0.0: every error and every warning, each with the path of its field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evidoc.flows.notations.checked import ErrorType, Findings, WarningType
from evidoc.flows.notations.configs import CONFIGS, UNSUPPORTED, config_faults
from evidoc.flows.options import Option, boolean, check_options, json_type, list_of, text, unknown
from evidoc.flows.references import parse_reference

FORMAT = "1.0.0"
DEEP, TOO_DEEP = 12, 14
"""Levels of JSON beyond which a flow is warned about, and beyond which it is refused."""

CONTENT_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
}
"""The published accepted formats by their short names."""

_KINDS: Mapping[str, frozenset[str]] = {
    "step": frozenset(CONFIGS),
    "conditional": frozenset({"categorize"}),
    "forEach": frozenset({"split"}),
}
_SCHEMA_LEVELS = 4


@dataclass(slots=True)
class Scope:
    """The steps that a step may refer to: those before it in its own flow, and in those around it."""

    around: "Scope | None" = None
    names: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str | None:
        """What was noted under a step's id here or in a flow around this one."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.around
        return None


def check_flow_definition(flow: Any, findings: Findings) -> None:
    """Note everything about a whole flow."""
    if not isinstance(flow, Mapping):
        findings.fault("", f"must be an object, not {json_type(flow)}")
        return
    depth = _levels(flow, 1)
    advice = "; name inner flows by flowRef instead of writing them out"
    if depth > TOO_DEEP:
        findings.fault("", f"is nested {depth} levels deep; {TOO_DEEP} are possible{advice}")
        return
    if depth > DEEP:
        findings.remark("", f"is nested {depth} levels deep; {TOO_DEEP} are possible{advice}", WarningType.PERFORMANCE)
    _Checking(findings).flow(flow, "", Scope())


def _levels(flow: Any, depth: int) -> int:
    """How many levels of JSON a flow has, a schema counted as four. Stops where it is too deep."""
    deepest = depth + 1
    steps = flow.get("steps") if isinstance(flow, Mapping) else None
    if depth > TOO_DEEP or not isinstance(steps, list):
        return deepest
    for step in steps:
        if not isinstance(step, Mapping):
            continue
        at = depth + 2
        branches = step.get("branches")
        if step.get("type") == "conditional" and isinstance(branches, Mapping):
            for branch in branches.values():
                deepest = max(deepest, at + 3 if _is_reference(branch) else _levels(branch, at + 2))
        elif step.get("type") == "forEach":
            inner = step.get("itemFlow")
            deepest = max(deepest, at + 2 if _is_reference(inner) else _levels(inner, at + 1))
        else:
            config = step.get("config")
            has_schema = isinstance(config, Mapping) and (config.get("schema") or config.get("schemas"))
            deepest = max(deepest, at + 1 + (_SCHEMA_LEVELS if has_schema else 0))
    return deepest


def _is_reference(flow: Any) -> bool:
    return isinstance(flow, Mapping) and "flowRef" in flow


class _Checking:
    """One check of one flow and all that are written inside it."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._providers: set[str] = set()

    def flow(self, flow: Any, path: str, scope: Scope) -> None:
        """A flow at ``path``, empty for the whole."""
        at = f"{path}." if path else ""
        if not isinstance(flow, Mapping):
            self._findings.fault(path, f"must be an object, not {json_type(flow)}")
            return
        self._version(flow, f"{at}version", required=not path)
        self._unknown(flow, {"version", "steps", "inputValidation", "name", "description", "id", "slug"}, path)
        if "inputValidation" in flow:
            self._input(flow["inputValidation"], f"{at}inputValidation")
        steps = flow.get("steps")
        if not isinstance(steps, list):
            self._findings.fault(f"{at}steps", "is required" if steps is None else "must be a list of steps")
            return
        if not steps:
            self._findings.remark(f"{at}steps", "there are no steps: the flow gives an empty output")
        for index, step in enumerate(steps):
            self._step(step, f"{at}steps[{index}]", scope)
        self._output_names(steps, at)

    def _output_names(self, steps: list[Any], at: str) -> None:
        """Outputs are told apart by their names, those without one by their ids."""
        seen: set[Any] = set()
        for index, step in enumerate(steps):
            if not isinstance(step, Mapping) or step.get("nodeType") != "output":
                continue
            config = step.get("config")
            name = (config.get("name") if isinstance(config, Mapping) else None) or step.get("id")
            if isinstance(name, str) and name in seen:
                self._findings.fault(f"{at}steps[{index}].config.name", f"{name!r} names another output already")
            elif isinstance(name, str):
                seen.add(name)

    def _version(self, flow: Mapping[str, Any], path: str, *, required: bool) -> None:
        version = flow.get("version")
        if version is None and not required:
            return
        if version != FORMAT:
            said = "is required" if version is None else f"{str(version)[:20]!r} is not known"
            self._findings.fault(path, f"{said}; the format is {FORMAT}", ErrorType.VERSION_MISMATCH)

    def _input(self, value: Any, path: str) -> None:
        faults = check_options(
            value,
            {"acceptedFormats": Option(list_of(text(), 50)), "throwOnInvalid": Option(boolean)},
            path,
        )
        self._details(faults)
        formats = value.get("acceptedFormats") if isinstance(value, Mapping) else None
        for index, one in enumerate(formats if isinstance(formats, list) else ()):
            if isinstance(one, str) and content_type(one) is None:
                self._findings.fault(f"{path}.acceptedFormats[{index}]", unknown(one, CONTENT_TYPES))

    def _step(self, step: Any, path: str, scope: Scope) -> None:
        if not isinstance(step, Mapping):
            self._findings.fault(path, f"must be an object, not {json_type(step)}")
            return
        self._unknown(step, {"type", "id", "name", "nodeType", "config", "branches", "itemFlow"}, path)
        if "name" in step:
            self._details(text()(step["name"], f"{path}.name"))
        kind, node = (step.get(key) if isinstance(step.get(key), str) else None for key in ("type", "nodeType"))
        if kind not in _KINDS or kind is None:
            said = "is required" if step.get("type") is None else unknown(step.get("type"), list(_KINDS))
            self._findings.fault(f"{path}.type", said)
        elif node in UNSUPPORTED and kind == "step":
            self._findings.fault(f"{path}.nodeType", UNSUPPORTED[str(node)])
        elif node not in _KINDS[kind]:
            said = "is required" if step.get("nodeType") is None else unknown(step["nodeType"], sorted(_KINDS[kind]))
            self._findings.fault(f"{path}.nodeType", said)
        else:
            self._config(str(node), step, path, scope)
            if kind == "conditional":
                self._branches(step, path, scope)
            elif kind == "forEach":
                self._inner(step.get("itemFlow"), f"{path}.itemFlow", Scope())
        self._id(step.get("id"), f"{path}.id", scope)

    def _id(self, name: Any, path: str, scope: Scope) -> None:
        faults = ["is required"] if name is None else [fault.message for fault in text()(name, path)]
        if not faults and name in scope.names:
            faults = [f"{name!r} is the id of another step already"]
        for message in faults:
            self._findings.fault(path, message)
        if not faults:
            scope.names[name] = path

    def _config(self, node: str, step: Mapping[str, Any], path: str, scope: Scope) -> None:
        config, at = step.get("config"), f"{path}.config"
        if config is None and node in ("output", "combine"):
            config = {}
        for fault in config_faults(node, config, at):
            in_schema = isinstance(config, Mapping) and "schema" in config and fault.field.startswith(f"{at}.schema")
            in_schema = in_schema or fault.field.startswith(f"{at}.schemas.")
            kind = ErrorType.INVALID_SCHEMA if in_schema else ErrorType.INVALID_CONFIG
            self._findings.fault(fault.field, fault.message, kind)
        if not isinstance(config, Mapping):
            return
        self._unknown(config, {"type", *CONFIGS[node]}, at)
        self._remarks(node, config, at)
        if node == "categorize" and "categories" not in config and step.get("type") == "step":
            self._findings.fault(f"{at}.categories", "is required")
        for field_path, name in named_steps(node, config, at):
            if scope.find(name) is None:
                self._findings.fault(field_path, f"there is no step {name[:60]!r} before this one")

    def _remarks(self, node: str, config: Mapping[str, Any], path: str) -> None:
        provider = config.get("providerRef")
        if isinstance(provider, str) and provider not in self._providers:
            self._providers.add(provider)
            self._findings.remark(
                f"{path}.providerRef", f"no provider {provider[:60]!r} is set up; the built-in engine answers"
            )
        consensus = config.get("consensus")
        if isinstance(consensus, Mapping) and isinstance(consensus.get("runs"), int) and consensus["runs"] > 1:
            message = "the built-in engine gives the same each time; it is asked once"
            self._findings.remark(f"{path}.consensus", message, WarningType.PERFORMANCE)
        if "schemas" in config and node == "split":
            self._findings.remark(f"{path}.schemas", "give categories instead", WarningType.DEPRECATED)
        if config.get("promptRef") is not None:
            self._findings.remark(f"{path}.promptRef", "no prompt is needed; the built-in engine answers")
        if node == "parse" and (config.get("format") == "html" or config.get("chunked")):
            self._findings.remark(path, "html and chunked are not made; the text comes page by page")
        if config.get("source") == []:
            self._findings.remark(f"{path}.source", "names no step; the output is empty")

    def _branches(self, step: Mapping[str, Any], path: str, scope: Scope) -> None:
        branches = step.get("branches")
        if not isinstance(branches, Mapping) or not branches:
            self._findings.fault(f"{path}.branches", "must be an object with a flow for each category")
            return
        config = step.get("config")
        categories = category_names(config) if isinstance(config, Mapping) and "categories" in config else None
        for name in categories or ():
            if name not in branches:
                self._findings.fault(f"{path}.branches", f"there is no branch for the category {name[:60]!r}")
        for name, branch in branches.items():
            at = f"{path}.branches.{name}"
            if categories is not None and name not in categories:
                self._findings.remark(at, f"is never taken: {name[:60]!r} is none of the categories")
            if isinstance(branch, Mapping) and "inputValidation" in branch:
                self._findings.remark(f"{at}.inputValidation", "is looked at for a whole flow only, not for a branch")
            self._inner(branch, at, Scope(scope))

    def _inner(self, flow: Any, path: str, scope: Scope) -> None:
        if flow is None:
            self._findings.fault(path, "is required: a flow, or an object with a flowRef")
        elif isinstance(flow, Mapping) and "flowRef" in flow:
            reference = flow["flowRef"]
            if not isinstance(reference, str) or parse_reference(reference) is None:
                message = "must be the id or slug of a flow, perhaps with a version, such as invoice-extractor@2"
                self._findings.fault(f"{path}.flowRef", message)
        else:
            self.flow(flow, path, scope)

    def _unknown(self, given: Mapping[str, Any], known: set[str], path: str) -> None:
        for name in given:
            if name not in known:
                at = f"{path}.{name}" if path else str(name)
                self._findings.remark(at, f"is ignored: {unknown(name, known)}")

    def _details(self, faults: Any) -> None:
        for fault in faults:
            self._findings.fault(fault.field, fault.message)


def content_type(name: str) -> str | None:
    """The media type of an accepted format, given by its short name or as it is; None where it is none."""
    found = CONTENT_TYPES.get(name.lower(), name.lower())
    return found if found in CONTENT_TYPES.values() else None


def category_names(config: Mapping[str, Any]) -> list[str]:
    """The names of a config's categories, which may be strings or objects with a name."""
    given = config.get("categories")
    names = [one.get("name") if isinstance(one, Mapping) else one for one in given] if isinstance(given, list) else []
    return [name for name in names if isinstance(name, str)]


def named_steps(node: str, config: Mapping[str, Any], path: str) -> list[tuple[str, str]]:
    """The steps that a config refers to, each with the path of the field that does."""
    if node in ("output", "combine"):
        source = config.get("source")
        listed = [source] if isinstance(source, str) else source if isinstance(source, list) else []
        return [(f"{path}.source", one) for one in listed if isinstance(one, str)]
    mapping = config.get("inputMapping")
    if node != "trigger" or not isinstance(mapping, Mapping):
        return []
    at = f"{path}.inputMapping"
    found: list[tuple[str, Any]] = []
    if mapping.get("type") == "artifact":
        found.append((f"{at}.path", mapping.get("path")))
    if mapping.get("type") == "merge":
        found.append((f"{at}.artifactPath", mapping.get("artifactPath")))
    fields = mapping.get("fields")
    if mapping.get("type") == "construct" and isinstance(fields, Mapping):
        found += [
            (f"{at}.fields.{name}.path", one.get("path"))
            for name, one in fields.items()
            if isinstance(one, Mapping) and one.get("source") == "artifact"
        ]
    return [(place, artifact.split(".")[0]) for place, artifact in found if isinstance(artifact, str)]
