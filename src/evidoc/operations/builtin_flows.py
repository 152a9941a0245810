"""Publishing the built-in flows: when a server starts, every organisation has them."""

from collections.abc import Iterable

from evidoc.flows.builtins import BUILTINS, BuiltinFlow
from evidoc.flows.house import House
from evidoc.kernel import clock
from evidoc.kernel.principal import BUILTIN_ORG
from evidoc.kernel.records import FlowRecord, FlowStatus
from evidoc.operations.flow_checks import TASKS, FlowChecks


def publish_builtin_flows(house: House, flows: Iterable[BuiltinFlow] = BUILTINS) -> None:
    """Publish what is new or has changed; its earlier versions stay. Several servers may do so at once."""
    checks = FlowChecks(house)
    for flow in flows:
        now = clock.now()
        checked = checks.check(BUILTIN_ORG, flow.definition, frozenset({flow.slug}))
        house.store.flows.put_builtin(
            FlowRecord(
                flow_id=flow.slug,
                org_id=BUILTIN_ORG,
                name=flow.name,
                description=flow.description,
                definition=checked.required(),
                status=FlowStatus.ACTIVE,
                created_at=now,
                updated_at=now,
                version=flow.version,
                slug=flow.slug,
                notation=checked.notation,
                source=flow.definition if checked.notation != TASKS else None,
            )
        )
