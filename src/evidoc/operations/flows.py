"""Flows: defined, shown, listed, changed, put to rest."""

from collections.abc import Mapping
from typing import Any

from evidoc.kernel.principal import Principal
from evidoc.kernel.records import FlowRecord, FlowStats, FlowStatus, Listing


class FlowOperations:
    """The verbs for flows."""

    def create(self, who: Principal, name: str, description: str, definition: Mapping[str, Any]) -> FlowRecord:
        """Keep a definition, checked whole (InvalidRequest with one detail per fault)."""
        raise NotImplementedError

    def get(self, who: Principal, flow_id: str) -> tuple[FlowRecord, FlowStats]:
        """A flow and how its runs ended so far."""
        raise NotImplementedError

    def list(
        self, who: Principal, limit: int = 10, offset: int = 0, status: FlowStatus | None = None
    ) -> Listing[FlowRecord]:
        """Flows, newest first."""
        raise NotImplementedError

    def update(
        self,
        who: Principal,
        flow_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        definition: Mapping[str, Any] | None = None,
        status: FlowStatus | None = None,
    ) -> FlowRecord:
        """Change what is given (None leaves it); a new definition makes a new version."""
        raise NotImplementedError

    def deactivate(self, who: Principal, flow_id: str) -> FlowRecord:
        """Stop a flow's triggers and refuse new runs; its past runs stay."""
        raise NotImplementedError
