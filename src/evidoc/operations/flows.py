"""Flows: defined, published, shown, listed, changed, put to rest.

Everybody sees and runs the built-in flows, and nobody changes them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evidoc.flows.commit import graph_of
from evidoc.flows.house import House
from evidoc.kernel import clock
from evidoc.kernel.errors import Conflict, Detail, Forbidden, InvalidRequest
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import BUILTIN_ORG, Principal, Scope
from evidoc.kernel.records import FlowRecord, FlowStats, FlowStatus, FlowVersion, Listing
from evidoc.operations.permission import require

LONGEST_SLUG = 64


class FlowOperations:
    """The verbs for flows. A flow is named by its id or its slug; each raises FlowNotFound where there is none."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._flows = house.store.flows

    def create(
        self,
        who: Principal,
        name: str,
        description: str,
        definition: Mapping[str, Any],
        slug: str | None = None,
    ) -> FlowRecord:
        """Keep a definition, checked whole. Raises InvalidRequest with one detail per fault, Conflict for a slug."""
        require(who, Scope.WRITE)
        self._check(definition)
        self._check_slug(slug)
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
            slug=slug,
        )
        self._flows.add(record)
        return record

    def get(self, who: Principal, flow_id: str) -> tuple[FlowRecord, FlowStats]:
        """A flow and how its runs ended so far."""
        require(who, Scope.FLOWS_READ)
        with self._house.store.database.read() as on:
            record = self._flows.find(who.org_id, flow_id, on=on)
            return record, self._flows.stats(who.org_id, record.flow_id, on=on)

    def resolve(self, who: Principal, reference: str, version: int | None = None) -> tuple[FlowRecord, FlowVersion]:
        """The flow with this id or slug, and what it was at ``version`` (None: as it is now).

        Raises VersionNotFound. A key that may start runs may do this too.
        """
        require(who, Scope.FLOWS_EXECUTE if who.may(Scope.FLOWS_EXECUTE) else Scope.FLOWS_READ)
        with self._house.store.database.read() as on:
            record = self._flows.find(who.org_id, reference, on=on)
            return record, self._flows.version(record, version, on=on)

    def versions(self, who: Principal, reference: str) -> tuple[int, ...]:
        """The numbers of all versions of a flow, newest first."""
        require(who, Scope.FLOWS_READ)
        with self._house.store.database.read() as on:
            return self._flows.versions(self._flows.find(who.org_id, reference, on=on), on=on)

    def list(
        self, who: Principal, limit: int = 10, offset: int = 0, status: FlowStatus | None = None
    ) -> Listing[FlowRecord]:
        """The organisation's own flows, newest first."""
        require(who, Scope.FLOWS_READ)
        return self._flows.list(who.org_id, limit, offset, status)

    def list_all(
        self, who: Principal, limit: int = 50, offset: int = 0, status: FlowStatus | None = FlowStatus.ACTIVE
    ) -> Listing[FlowRecord]:
        """The flows that may be run: the organisation's own, newest first, then the built-in ones by name."""
        require(who, Scope.FLOWS_READ)
        return self._flows.list_all(who.org_id, limit, offset, status)

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

        Runs that were started go on with the definition that they started with. Raises InvalidRequest, and
        Forbidden for a built-in flow.
        """
        require(who, Scope.WRITE)
        present = self._own(who, flow_id)
        if definition is not None:
            self._check(definition)
        return self._flows.update(
            who.org_id, present.flow_id, name=name, description=description, definition=definition, status=status
        )

    def deactivate(self, who: Principal, flow_id: str) -> FlowRecord:
        """Stop a flow's triggers and refuse new runs; its past runs stay."""
        return self.update(who, flow_id, status=FlowStatus.INACTIVE)

    def _own(self, who: Principal, reference: str) -> FlowRecord:
        record = self._flows.find(who.org_id, reference)
        if record.org_id == BUILTIN_ORG:
            raise Forbidden(f"The flow {reference!r} is built in and cannot be changed")
        return record

    def _check_slug(self, slug: str | None) -> None:
        """Raises InvalidRequest for what is no slug, Conflict where a built-in flow has it."""
        if slug is None:
            return
        if len(slug) > LONGEST_SLUG or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
            wanted = f"must be 1 to {LONGEST_SLUG} characters a-z and 0-9, single hyphens between them"
            raise InvalidRequest(details=[Detail("slug", wanted)])
        if slug in {flow.slug for flow in self._flows.active(BUILTIN_ORG)}:
            raise Conflict(f"The slug {slug!r} is that of a built-in flow")

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
