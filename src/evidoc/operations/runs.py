"""Runs: started, shown, listed, cancelled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evidoc.kernel.output import TaskOutput
from evidoc.kernel.principal import Principal
from evidoc.kernel.records import Listing, RunRecord, RunStatus, TaskRecord


@dataclass(frozen=True, slots=True)
class RunView:
    """A run, its tasks in the definition's order with what they gave, and its result.

    ``result`` is, for a run that completed, the outputs of the tasks that no other task depends on.
    """

    record: RunRecord
    tasks: tuple[tuple[TaskRecord, TaskOutput | None], ...]
    result: Mapping[str, TaskOutput]


class RunOperations:
    """The verbs for runs."""

    def start(
        self, who: Principal, flow_id: str, document_id: str, parameters: Mapping[str, Any] | None = None
    ) -> RunRecord:
        """Commit a run of an active flow on a document and start it."""
        raise NotImplementedError

    def get(self, who: Principal, flow_id: str, run_id: str) -> RunView:
        """A run of this flow, as far as it has come."""
        raise NotImplementedError

    def list(
        self,
        who: Principal,
        flow_id: str,
        limit: int = 10,
        offset: int = 0,
        status: RunStatus | None = None,
    ) -> Listing[RunRecord]:
        """Runs of a flow, newest first."""
        raise NotImplementedError

    def cancel(self, who: Principal, flow_id: str, run_id: str) -> RunRecord:
        """Stop a run; a task that is under way ends first, and what finished stays."""
        raise NotImplementedError
