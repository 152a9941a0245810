"""What a run gave, as a value alone."""

from typing import Any

from evidoc.flows.result import final_output
from evidoc.flows.values import merged, value_of
from evidoc.kernel.output import DecisionsOutput
from evidoc.operations.runs import RunView


def output_of_run(view: RunView) -> Any:
    """The output of a completed run: what the step gave that its flow names, or by step what its last ones gave.

    A flow that asks for values by name instead of by a schema gives an object of all of them, as normalised, and under
    the task's id what else its last tasks gave. None where there is nothing, or the document was erased.
    """
    outputs = {task.task_id: output for task, output in view.tasks if output is not None}
    decided = [value_of(output) for output in outputs.values() if isinstance(output, DecisionsOutput)]
    if decided and view.record.definition.get("result") is None:
        last = {name: output for name, output in view.result.items() if not isinstance(output, DecisionsOutput)}
        values: dict[str, Any] = merged(decided).value
        return {name: value_of(output).value for name, output in last.items()} | values
    final = final_output(view.record, outputs)
    return None if final is None else value_of(final).value
