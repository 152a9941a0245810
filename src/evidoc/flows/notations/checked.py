"""What checking a flow found: what keeps it from running, what its author may want to know, and its definition."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from evidoc.kernel.errors import Detail, InvalidRequest


class ErrorType(StrEnum):
    """The published kinds of error.

    A missing provider never arises here: where there is no such model, the built-in engine answers.
    """

    MISSING_PROVIDER = "missing_provider"
    INVALID_SCHEMA = "invalid_schema"
    INVALID_CONFIG = "invalid_config"
    VERSION_MISMATCH = "version_mismatch"


class WarningType(StrEnum):
    """The published kinds of warning."""

    DEPRECATED = "deprecated"
    PERFORMANCE = "performance"
    BEST_PRACTICE = "best_practice"


@dataclass(frozen=True, slots=True)
class Problem:
    """An error: the flow cannot run as it is. ``path`` leads to the field, such as ``steps[0].config.schema``."""

    type: ErrorType
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning: the flow runs, and its author may want to know this."""

    type: WarningType
    path: str
    message: str


@dataclass(slots=True)
class Findings:
    """Errors and warnings as they are collected."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    def fault(self, path: str, message: str, kind: ErrorType = ErrorType.INVALID_CONFIG) -> None:
        """Note what keeps the flow from running."""
        self.errors.append(Problem(kind, path, message))

    def remark(self, path: str, message: str, kind: WarningType = WarningType.BEST_PRACTICE) -> None:
        """Note what its author may want to know."""
        self.warnings.append(Remark(kind, path, message))


@dataclass(frozen=True, slots=True)
class Checked:
    """A flow that was checked. ``definition`` is the graph of tasks that it became; None where there are errors."""

    notation: str
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Remark, ...] = ()
    definition: Mapping[str, Any] | None = None

    @property
    def valid(self) -> bool:
        """Whether the flow can run."""
        return self.definition is not None

    def required(self) -> Mapping[str, Any]:
        """The definition. Raises InvalidRequest with one detail per error, fields named from ``definition`` on."""
        if self.definition is not None:
            return self.definition
        count = f"{len(self.errors)} faults" if len(self.errors) > 1 else "a fault"
        details = [Detail(_field(problem.path), problem.message) for problem in self.errors]
        raise InvalidRequest(f"The flow definition has {count}", details)


def _field(path: str) -> str:
    if not path:
        return "definition"
    return path if path.split(".")[0].split("[")[0] == "definition" else f"definition.{path}"
