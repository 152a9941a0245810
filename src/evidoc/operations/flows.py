"""Flows: defined, shown, listed, changed, put to rest."""

from collections.abc import Iterator, Mapping
from typing import Any

from evidoc.flows.commit import graph_of
from evidoc.flows.house import House
from evidoc.kernel import clock
from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import Principal, Scope
from evidoc.kernel.records import FlowRecord, FlowStats, FlowStatus, Listing
from evidoc.operations.permission import require


class FlowOperations:
    """The verbs for flows."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._flows = house.store.flows

    def create(self, who: Principal, name: str, description: str, definition: Mapping[str, Any]) -> FlowRecord:
        """Keep a definition, checked whole. Raises InvalidRequest with one detail per fault."""
        require(who, Scope.WRITE)
        self._check(definition)
        now = clock.now()
        record = FlowRecord(
            flow_id=new_id("wf"),
            org_id=who.org_id,
            name=name,
            description=description,
            definition=definition,
            status=FlowStatus.ACTIVE,
            created_at=now,
            updated_at=now,
        )
        self._flows.add(record)
        return record

    def get(self, who: Principal, flow_id: str) -> tuple[FlowRecord, FlowStats]:
        """A flow and how its runs ended so far. Raises FlowNotFound."""
        require(who, Scope.READ)
        with self._house.store.database.read() as on:
            return self._flows.get(who.org_id, flow_id, on=on), self._flows.stats(who.org_id, flow_id, on=on)

    def list(
        self, who: Principal, limit: int = 10, offset: int = 0, status: FlowStatus | None = None
    ) -> Listing[FlowRecord]:
        """Flows, newest first."""
        require(who, Scope.READ)
        return self._flows.list(who.org_id, limit, offset, status)

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
        """Change what is given (None leaves it); a new definition makes a new version.

        Runs that were started go on with the definition that they started with. Raises FlowNotFound, InvalidRequest.
        """
        require(who, Scope.WRITE)
        if definition is not None:
            self._check(definition)
        return self._flows.update(
            who.org_id, flow_id, name=name, description=description, definition=definition, status=status
        )

    def deactivate(self, who: Principal, flow_id: str) -> FlowRecord:
        """Stop a flow's triggers and refuse new runs; its past runs stay. Raises FlowNotFound."""
        return self.update(who, flow_id, status=FlowStatus.INACTIVE)

    def _check(self, definition: Mapping[str, Any]) -> None:
        graph_of(definition, self._house.task_types)
        faults = [*self._connection_faults(definition)]
        faults += self._house.understander.pattern_faults(list(_patterns(definition)))
        if faults:
            raise InvalidRequest(details=faults)

    def _connection_faults(self, definition: Mapping[str, Any]) -> Iterator[Detail]:
        known = self._house.rows.names
        for index, task in enumerate(definition["tasks"]):
            wanted = task.get("config", {}).get("connection")
            if task["type"] == "database_connector" and wanted is not None and wanted not in known:
                message = f"there is no connection {wanted!r}; known are {', '.join(known)}"
                yield Detail(f"definition.tasks[{index}].config.connection", message)


def _patterns(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The regular expressions of a definition that is otherwise valid, each with the path of its field."""
    for index, task in enumerate(definition["tasks"]):
        for key in ("entities", "custom_entities"):
            for place, wanted in enumerate(task.get("config", {}).get(key, ())):
                if isinstance(wanted, Mapping) and "pattern" in wanted:
                    yield f"definition.tasks[{index}].config.{key}[{place}].pattern", wanted["pattern"]
