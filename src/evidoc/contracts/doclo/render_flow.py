"""Flows as the Doclo contract shows them."""

from collections.abc import Iterable
from typing import Any

from evidoc.contracts.doclo import shapes
from evidoc.contracts.doclo.flow_schemas import input_of, output_of
from evidoc.flows.notations.checked import Problem, Remark
from evidoc.kernel.clock import to_wire
from evidoc.kernel.records import FlowRecord, FlowVersion

MEGABYTE = 1024 * 1024


def flow_item(record: FlowRecord) -> shapes.FlowItem:
    """A flow in a list."""
    return shapes.FlowItem(**flow_facts(record))


def flow_facts(record: FlowRecord) -> dict[str, Any]:
    """What every form of a flow tells."""
    given: dict[str, Any] = {
        "id": record.flow_id,
        "name": record.name,
        "description": record.description,
        "version": str(record.version),
        "created_at": to_wire(record.created_at),
        "updated_at": to_wire(record.updated_at),
    }
    if record.slug:
        given["slug"] = record.slug
    return given


def flow_details(
    record: FlowRecord, chosen: FlowVersion, versions: Iterable[int], config: shapes.FlowConfig
) -> shapes.FlowDetails:
    """A flow as it was at the version ``chosen``."""
    schemas = shapes.FlowSchemas(input=input_of(chosen.definition), output=output_of(chosen.definition))
    facts = flow_facts(record) | {"version": str(chosen.version)}
    return shapes.FlowDetails(**facts, versions=[str(number) for number in versions], schemas=schemas, config=config)


def flow_definition(record: FlowRecord, chosen: FlowVersion) -> shapes.FlowDefinition:
    """How a flow was defined at the version ``chosen``. It needs no providers and refers to no assets."""
    return shapes.FlowDefinition(
        flow_id=record.flow_id,
        version=str(chosen.version),
        notation=chosen.notation,
        definition=dict(chosen.definition if chosen.source is None else chosen.source),
        required_providers=[],
        referenced_assets={"prompts": [], "schemas": []},
        created_at=to_wire(record.created_at),
        updated_at=to_wire(chosen.created_at),
    )


def flow_note(found: Problem | Remark) -> shapes.FlowNote:
    """What checking a definition found."""
    return shapes.FlowNote(type=str(found.type), path=found.path, message=found.message)


def megabytes(size: int) -> int | float:
    """Bytes in megabytes of 1024 * 1024."""
    whole, rest = divmod(size, MEGABYTE)
    return round(size / MEGABYTE, 3) if rest else whole
