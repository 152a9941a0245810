"""Flows: defined, published, shown, listed, changed, put to rest.

Everybody sees and runs the built-in flows, and nobody changes them.
"""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any

from evidoc.flows.house import House
from evidoc.flows.notations.checked import Checked
from evidoc.flows.price import price_of
from evidoc.kernel import clock
from evidoc.kernel.errors import Conflict, FlowNotFound, Forbidden
from evidoc.kernel.idempotency import Idempotency
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import BUILTIN_ORG, Principal, Scope
from evidoc.kernel.records import FlowRecord, FlowStats, FlowStatus, FlowVersion, Listing
from evidoc.operations.flow_checks import LONGEST_SLUG, TASKS, FlowChecks
from evidoc.operations.once import Answer, Made, Once
from evidoc.operations.permission import require

_MOST_OF_A_NAME = 20
"""How many flows of one name get slugs that are numbered; finding out how many there are takes a look for each."""


class FlowOperations:
    """The verbs for flows. A flow is named by its id or its slug; each raises FlowNotFound where there is none."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._flows = house.store.flows
        self._checks = FlowChecks(house)
        self._once = Once(house.store)

    def create(
        self,
        who: Principal,
        name: str,
        description: str,
        definition: Mapping[str, Any],
        slug: str | None = None,
    ) -> FlowRecord:
        """Keep a definition in either notation, checked whole.

        Raises InvalidRequest with one detail per fault, and Conflict for a slug that is taken.
        """
        return self.create_once(who, name, description, definition, slug).thing

    def create_once(
        self,
        who: Principal,
        name: str,
        description: str,
        definition: Mapping[str, Any],
        slug: str | None = None,
        *,
        idempotency: Idempotency | None = None,
        answer: Answer[FlowRecord] | None = None,
    ) -> Made[FlowRecord]:
        """As ``create``; a request with the same ``idempotency`` creates no second flow, and gets the first ``answer``.

        Raises IdempotencyMismatch as well.
        """
        require(who, Scope.WRITE)

        def make() -> FlowRecord:
            checked = self._checks.check(who.org_id, definition)
            graph = checked.required()
            if slug is not None:
                self._checks.check_slug(slug)
            record = _new_flow(who.org_id, name, description, definition, graph, checked.notation, slug)
            with self._house.store.database.write() as on:
                self._flows.add(record, on=on)
                self._once.claim(who.org_id, idempotency, record.flow_id, record, answer, on)
            return record

        def again(flow_id: str) -> FlowRecord:
            return self._flows.get(who.org_id, flow_id)

        return self._once.make(who.org_id, idempotency, make, again)

    def check(self, who: Principal, definition: Any) -> Checked:
        """All errors and warnings of a definition in either notation, without keeping it."""
        require(who, Scope.FLOWS_READ)
        return self._checks.check(who.org_id, definition)

    def publish(
        self,
        who: Principal,
        definition: Mapping[str, Any],
        *,
        name: str | None = None,
        slug: str | None = None,
        description: str | None = None,
    ) -> tuple[FlowRecord, Checked]:
        """Keep a definition in either notation as the next version of the own flow with this slug, or as a new flow.

        A definition that the flow has already makes no version. Without a slug it is a new flow, whose slug is made
        from its name. Raises InvalidRequest with one detail per fault, Conflict for the slug of a built-in flow.
        """
        return self.publish_once(who, definition, name=name, slug=slug, description=description).thing

    def publish_once(
        self,
        who: Principal,
        definition: Mapping[str, Any],
        *,
        name: str | None = None,
        slug: str | None = None,
        description: str | None = None,
        idempotency: Idempotency | None = None,
        answer: Answer[tuple[FlowRecord, Checked]] | None = None,
    ) -> Made[tuple[FlowRecord, Checked]]:
        """As ``publish``; a request with the same ``idempotency`` publishes nothing more, and gets the first answer.

        Raises IdempotencyMismatch as well.
        """
        require(who, Scope.WRITE)
        called = name or str(definition.get("name") or slug or "Flow")

        def make(wanted: str) -> tuple[FlowRecord, Checked]:
            self._checks.check_slug(wanted)
            present = self._present(who.org_id, wanted) if slug else None
            checked = self._checks.check(who.org_id, definition, _names(present) if present else frozenset())
            graph = checked.required()
            with self._house.store.database.write() as on:
                if present is None:
                    record = _new_flow(
                        who.org_id, called, description or "", definition, graph, checked.notation, wanted
                    )
                    self._flows.add(record, on=on)
                else:
                    record = self._flows.update(
                        who.org_id,
                        present.flow_id,
                        name=name,
                        description=description,
                        definition=graph,
                        notation=checked.notation,
                        source=definition if checked.notation != TASKS else None,
                        status=FlowStatus.ACTIVE,
                        on=on,
                    )
                self._once.claim(who.org_id, idempotency, record.flow_id, (record, checked), answer, on)
            return record, checked

        def make_or_follow() -> tuple[FlowRecord, Checked]:
            try:
                return make(slug or self._free_slug(who.org_id, called))
            except Conflict:
                # Another request made a flow with this slug a moment earlier: the next look finds it, and who named
                # no slug keeps out of everybody's way.
                return make(slug or f"{_plain(called)}-{secrets.token_hex(4)}")

        def again(flow_id: str) -> tuple[FlowRecord, Checked]:
            record = self._flows.get(who.org_id, flow_id)
            return record, Checked(record.notation, definition=record.definition)

        return self._once.make(who.org_id, idempotency, make_or_follow, again)

    def price(self, who: Principal, version: FlowVersion) -> int:
        """What each page of a document costs in a run of this version, in credits: the most that it can be."""
        require(who, Scope.FLOWS_READ)
        return price_of(self._house.store, who.org_id, version.definition)

    def get(self, who: Principal, flow_id: str) -> tuple[FlowRecord, FlowStats]:
        """A flow and how its runs ended so far."""
        require(who, Scope.FLOWS_READ)
        with self._house.store.database.read() as on:
            record = self._flows.find(who.org_id, flow_id, on=on)
            return record, self._flows.stats(who.org_id, record.flow_id, on=on)

    def resolve(self, who: Principal, reference: str, version: int | None = None) -> tuple[FlowRecord, FlowVersion]:
        """The flow with this id or slug, and what it was at ``version`` (None: as it is now).

        Raises VersionNotFound.
        """
        require(who, Scope.FLOWS_READ)
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
        checked = None if definition is None else self._checks.check(who.org_id, definition, _names(present))
        return self._flows.update(
            who.org_id,
            present.flow_id,
            name=name,
            description=description,
            definition=None if checked is None else checked.required(),
            notation=TASKS if checked is None else checked.notation,
            source=definition if checked is not None and checked.notation != TASKS else None,
            status=status,
        )

    def deactivate(self, who: Principal, flow_id: str) -> FlowRecord:
        """Stop a flow's triggers and refuse new runs; its past runs stay."""
        return self.update(who, flow_id, status=FlowStatus.INACTIVE)

    def _own(self, who: Principal, reference: str) -> FlowRecord:
        record = self._flows.find(who.org_id, reference)
        if record.org_id == BUILTIN_ORG:
            raise Forbidden(f"The flow {reference!r} is built in and cannot be changed")
        return record

    def _free_slug(self, org_id: str, name: str) -> str:
        """A slug made from a name that no flow has yet which this organisation sees."""
        wanted = _plain(name)
        numbered = (f"{wanted}-{number}" for number in range(2, _MOST_OF_A_NAME + 1))
        free = (slug for slug in (wanted, *numbered) if not self._is_taken(org_id, slug))
        return next(free, None) or f"{wanted}-{secrets.token_hex(4)}"

    def _is_taken(self, org_id: str, slug: str) -> bool:
        return self._present(org_id, slug) is not None

    def _present(self, org_id: str, slug: str) -> FlowRecord | None:
        try:
            return self._flows.find(org_id, slug)
        except FlowNotFound:
            return None


def _plain(name: str) -> str:
    """A name as a slug, with room for what tells it from others."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: LONGEST_SLUG - 9].strip("-") or "flow"


def _names(flow: FlowRecord) -> frozenset[str]:
    return frozenset(name for name in (flow.flow_id, flow.slug) if name)


def _new_flow(
    org_id: str,
    name: str,
    description: str,
    given: Mapping[str, Any],
    graph: Mapping[str, Any],
    notation: str,
    slug: str | None,
) -> FlowRecord:
    now = clock.now()
    return FlowRecord(
        flow_id=new_id("wf"),
        org_id=org_id,
        name=name,
        description=description,
        definition=graph,
        status=FlowStatus.ACTIVE,
        created_at=now,
        updated_at=now,
        slug=slug,
        notation=notation,
        source=given if notation != TASKS else None,
    )
