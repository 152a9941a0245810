"""Extracting by a schema as a job of the sandbox: a stored reading's bytes and a schema in, one JSON value out.

The schema's patterns meet the document's text here, in a process that may be ended at any time.
"""

from collections.abc import Mapping
from typing import Any

from evidoc.flows.schema.check import plain_schema
from evidoc.flows.schema.fill import extract
from evidoc.flows.schema.fit import Judge
from evidoc.flows.understand_job import Bytes, Send, send_json, unpack
from evidoc.kernel.value_output import value_output_to_json


def warm_up() -> None:
    """Do once what every such job does first, so that processes forked after it need not."""
    schema = plain_schema({"type": "object", "properties": {"date": {"type": "string", "format": "date"}}})
    Judge(schema).fits({"date": "2024-01-31"})


def extract_value(arguments: Mapping[str, Any], data: Bytes, send: Send) -> None:
    """The value that ``schema`` (without references) asks for, with its leaves, and what keeps it from fitting."""
    output, unfit = extract(unpack(data), arguments["schema"])
    send_json(
        send,
        {"output": value_output_to_json(output), "unfit": [[detail.field, detail.message] for detail in unfit]},
    )
