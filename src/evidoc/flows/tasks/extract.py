"""Extract a value that fits a JSON Schema, each scalar in it with where it stands."""

from collections.abc import Mapping
from typing import ClassVar

from evidoc.flows.options import Option
from evidoc.flows.schema.ask import ask_for_value
from evidoc.flows.schema.variables import check_source, schema_of
from evidoc.flows.schema.wanted import check_extractable
from evidoc.flows.task import Work
from evidoc.kernel.output import ValueOutput


class Extract:
    """``schema``: a JSON Schema of an object. ``schema_from``: where the run's variables hold one ("variables.schema").

    With both, ``schema`` is taken where the run has no such variable.
    """

    options: ClassVar[Mapping[str, Option]] = {
        "schema": Option(check_extractable),
        "schema_from": Option(check_source),
    }

    def run(self, work: Work) -> ValueOutput:
        """The value. Raises OutputUnfit, which holds what was found, where something required was not found."""
        schema = schema_of(work.config, work.run.parameters)
        understander, stop = work.house.understander, work.durable.stop
        return work.from_reading(lambda reading: ask_for_value(understander, reading, schema, stop))
