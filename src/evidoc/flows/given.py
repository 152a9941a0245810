"""What the sources of a task gave, as values with their evidence."""

from collections.abc import Sequence

from evidoc.flows.sources import INPUT
from evidoc.flows.task import Work
from evidoc.flows.values import plain, refuse_too_much, value_of
from evidoc.kernel.output import ValueOutput, output_from_json, output_to_json
from evidoc.kernel.records import RunRecord
from evidoc.storing.store import Store


def given(work: Work, source: str) -> ValueOutput | None:
    """What a source gave; None where its task was left out."""
    if source == INPUT:
        return input_of(work)
    output = work.before.get(source)
    return None if output is None else value_of(output)


def all_given(work: Work, sources: Sequence[str]) -> list[ValueOutput]:
    """What these sources gave, without those that were left out.

    Raises InvalidRequest where it is too much to be put together.
    """
    values = [value for value in (given(work, source) for source in sources) if value is not None]
    refuse_too_much(values)
    return values


def input_of(work: Work) -> ValueOutput:
    """What the run was given."""
    kept = work.house.store.contents.get_json(work.run.org_id, work.run.document_id, _name(work.run.run_id))
    if kept is not None:
        output = output_from_json(kept)
        return value_of(output)
    facts = {"name": work.document.name, "content_type": work.document.content_type}
    return plain({"document": facts, "variables": dict(work.run.parameters)})


def keep_input(store: Store, parent: RunRecord, run_id: str, value: ValueOutput) -> None:
    """Keep what a run that a task of ``parent`` is about to start is given, among the document's contents."""
    store.contents.put_json(parent.org_id, parent.document_id, _name(run_id), output_to_json(value))


def _name(run_id: str) -> str:
    return f"run/{run_id}/{INPUT}"
