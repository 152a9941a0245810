"""What tasks gave: small outputs in the rows of their tasks, large ones in files, all under the document's key."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from evidoc.kernel.errors import DocumentNotFound
from evidoc.kernel.output import TaskOutput, output_from_json, output_to_json
from evidoc.kernel.records import RunRecord
from evidoc.storing.contents import Sealer
from evidoc.storing.store import Store

ROW_BYTES = 64 * 1024
"""The largest output that is kept in a row: it costs no file of its own, and is committed with its task."""


class Outputs(Mapping[str, TaskOutput]):
    """What some tasks of a run gave, by task id; opened only where it is asked for.

    ``known`` are those that are in memory still.
    """

    def __init__(
        self, store: Store, run: RunRecord, names: Iterable[str], known: Mapping[str, TaskOutput] | None = None
    ) -> None:
        self._store = store
        self._run = run
        self._names = dict.fromkeys(names)
        self._known = known or {}

    def __getitem__(self, name: str) -> TaskOutput:
        if name not in self._names:
            raise KeyError(name)
        known = self._known.get(name)
        output = known if known is not None else output_of(self._store, self._run, name)
        if output is None:
            raise KeyError(name)
        return output

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def keep_output(store: Store, run: RunRecord, sealer: Sealer, task_id: str, output: TaskOutput) -> bytes | None:
    """An output sealed for its task's row; None where it was too large for that and lies in a file now."""
    name, value = _name(run.run_id, task_id), output_to_json(output)
    sealed = sealer.seal_json(name, value, ROW_BYTES)
    if sealed is None:
        store.contents.put_json(run.org_id, run.document_id, name, value)
    return sealed


def output_of(store: Store, run: RunRecord, task_id: str) -> TaskOutput | None:
    """What a task gave; None if it gave nothing yet, or the document was erased since."""
    return outputs_of(store, run, (task_id,)).get(task_id)


def outputs_of(store: Store, run: RunRecord, task_ids: Collection[str]) -> dict[str, TaskOutput]:
    """What these tasks gave, by task id; without those that gave nothing, and empty where the document is erased."""
    found: dict[str, TaskOutput] = {}
    if not task_ids:
        return found
    try:
        with store.database.read() as on:
            rows = store.runs.outputs(run.org_id, run.run_id, task_ids, on=on)
            sealer = store.contents.sealer(run.org_id, run.document_id, on=on) if rows else None
        for task_id in task_ids:
            name = _name(run.run_id, task_id)
            if sealer is not None and task_id in rows:
                kept = sealer.open_json(name, rows[task_id])
            else:
                kept = store.contents.get_json(run.org_id, run.document_id, name)
            if kept is not None:
                found[task_id] = output_from_json(kept)
    except DocumentNotFound:
        return {}
    return found


def _name(run_id: str, task_id: str) -> str:
    return f"run/{run_id}/{task_id}"
