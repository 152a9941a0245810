"""Asking a stored reading for a value that fits a schema; what the sandbox answers is checked before it counts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from evidoc.deciding.gate import check_values
from evidoc.flows.schema.check import Schema
from evidoc.flows.schema.fit import Judge, loosened, pointer
from evidoc.flows.understand import Understander
from evidoc.kernel.errors import Detail, OutputUnfit, ReaderCrashed
from evidoc.kernel.reading import Reading
from evidoc.kernel.stop import Stop
from evidoc.kernel.value_output import ValueOutput, value_output_from_json


def ask_for_value(
    understander: Understander, reading: Reading, schema: Schema, stop: Stop | None = None
) -> ValueOutput:
    """The value that ``schema`` (from ``plain_schema``) asks of a reading.

    Raises OutputUnfit, which names the places and holds what was found; DocumentTooComplex and ReaderCrashed where
    the text is too much.
    """
    answer, reasons = understander.ask("extract", reading, {"schema": schema}, stop)
    try:
        output = value_output_from_json(answer["output"])
        unfit = [Detail(str(at), str(message)) for at, message in answer["unfit"]]
        _check(output, bool(unfit), schema)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        # What does not have the shape that was asked for comes from a child that the document has taken over.
        raise ReaderCrashed() from error
    check_values(reading, ((at, leaf.value) for at, leaf in output.leaves.items() if leaf.value is not None))
    if reasons:
        leaves = {at: replace(leaf, reasons=(*leaf.reasons, *reasons)) for at, leaf in output.leaves.items()}
        output = replace(output, leaves=leaves)
    if unfit:
        raise _unfit(output, unfit)
    return output


def _check(output: ValueOutput, unfit: bool, schema: Schema) -> None:
    """Raises ValueError unless every scalar has its leaf, and the value fits as far as can be told without risk.

    The sandbox has judged it by the whole schema; patterns are not run outside of it.
    """
    if set(_scalars(output.value, ())) != set(output.leaves):
        raise ValueError("not every scalar has a leaf")
    if output.fits == unfit or (output.fits and not Judge(loosened(schema)).fits(output.value)):
        raise ValueError("the value does not fit")


def _scalars(value: Any, path: tuple[str | int, ...]) -> list[str]:
    if isinstance(value, Mapping):
        return [at for name, one in value.items() for at in _scalars(one, (*path, name))]
    if isinstance(value, list):
        return [at for number, one in enumerate(value) for at in _scalars(one, (*path, number))]
    return [pointer(path)]


def _unfit(output: ValueOutput, unfit: list[Detail]) -> OutputUnfit:
    places = [detail.field for detail in unfit]
    named = ", ".join(place or "/" for place in places[:5]) + (" and others" if len(places) > 5 else "")
    error = OutputUnfit(f"What was found in the document does not fit the schema: {named}", unfit, {"pointers": places})
    error.found = output
    return error
