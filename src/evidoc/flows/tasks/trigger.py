"""Run another flow on the document, and go on with what it gave."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from evidoc.flows.children import Child, output_of_child, perform_children, referred
from evidoc.flows.input_mapping import check_mapping, mapped
from evidoc.flows.options import Option, whole_number
from evidoc.flows.references import check_flow
from evidoc.flows.sources import INPUT, check_source
from evidoc.flows.task import Work
from evidoc.kernel.errors import TaskFailed, error_for_code
from evidoc.kernel.output import ValueOutput
from evidoc.kernel.records import RunStatus

LONGEST_TIMEOUT_MS = 24 * 3_600_000


class Trigger:
    """``flow``: the flow to run, by its id or slug, perhaps with ``@`` and a version.

    ``from``: the task whose value is handed on (what the run itself was given, where not given). ``mapping``: what the
    flow gets of it. ``timeout_ms``: how long it may take. The flow works on the same pages of the same document, with
    the same variables.
    """

    options: ClassVar[Mapping[str, Option]] = {
        "flow": Option(check_flow, required=True),
        "from": Option(check_source),
        "mapping": Option(check_mapping),
        "timeout_ms": Option(whole_number(1, LONGEST_TIMEOUT_MS)),
    }

    def run(self, work: Work) -> ValueOutput:
        """What the flow gave; null where it gave nothing. Raises why it failed, FlowNesting, RunTimeout."""
        name = work.config["flow"]
        flow, version = referred(work, name)
        value, variables = mapped(work, work.config.get("from", INPUT), work.config.get("mapping"))
        milliseconds = work.config.get("timeout_ms")
        timeout = None if milliseconds is None else timedelta(milliseconds=milliseconds)
        child = Child(flow, version, {**work.run.parameters, **variables}, given=value)
        (end,) = perform_children(work, [child], 1, timeout)
        if end.failure is not None:
            raise error_for_code(end.failure.code)(f"The flow {name!r} failed: {end.failure.message}")
        if end.run is None or end.run.status is not RunStatus.COMPLETED:
            raise TaskFailed(f"The run of the flow {name!r} was cancelled")
        return output_of_child(work, end.run)
