"""The built-in flows are valid definitions whose output schemas ask for what can be found, and require nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from evidoc.flows.builtins import BUILTINS, BuiltinFlow
from evidoc.flows.commit import graph_of
from evidoc.flows.schema.check import plain_schema
from evidoc.flows.schema.fill import extract
from evidoc.flows.task import task_types
from tests.understanding.printed import printed


def named(slug: str) -> BuiltinFlow:
    return next(flow for flow in BUILTINS if flow.slug == slug)


def words(schema: Any, word: str) -> Iterator[Any]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == word:
                yield value
            yield from words(value, word)
    elif isinstance(schema, list):
        for value in schema:
            yield from words(value, word)


def test_there_are_the_four_that_are_promised() -> None:
    assert [flow.slug for flow in BUILTINS] == [
        "invoice-extractor",
        "receipt-extractor",
        "contract-extractor",
        "document-extractor",
    ]


@pytest.mark.parametrize("flow", BUILTINS, ids=lambda flow: flow.slug)
def test_each_is_a_valid_flow_with_valid_schemas(flow: BuiltinFlow) -> None:
    graph_of(flow.definition, task_types())
    Draft202012Validator.check_schema(flow.input)
    Draft202012Validator.check_schema(flow.output)
    assert flow.version >= 1
    assert not list(words(flow.output, "required"))


def test_an_invoice() -> None:
    reading = printed(
        """Nordwind Tools Ltd
VAT ID: GB123456789

INVOICE
Invoice number: NW-2024-118        Invoice date: 2024-03-05
Due date: 2024-04-04
Bill to: Example Bakery Ltd

Description          Qty     Unit price     Amount
Hammer               2       10.50          21.00
Saw, long            1       300.25         300.25

Subtotal                                    321.25
VAT 19 %                                    61.04
Total amount                                382.29 EUR"""
    )
    output, unfit = extract(reading, plain_schema(named("invoice-extractor").output))
    assert not unfit
    assert output.value == {
        "invoiceNumber": "NW-2024-118",
        "invoiceDate": "2024-03-05",
        "dueDate": "2024-04-04",
        "vendor": {"name": "Nordwind Tools Ltd", "vatId": "GB123456789"},
        "customer": {"name": "Example Bakery Ltd"},
        "currency": "EUR",
        "netAmount": 321.25,
        "taxAmount": 61.04,
        "totalAmount": 382.29,
        "lineItems": [
            {"description": "Hammer", "quantity": 2, "unitPrice": 10.5, "amount": 21},
            {"description": "Saw, long", "quantity": 1, "unitPrice": 300.25, "amount": 300.25},
        ],
    }


def test_nothing_is_found_where_there_is_nothing() -> None:
    for flow in BUILTINS[:3]:
        output, unfit = extract(printed("A page about the weather."), plain_schema(flow.output))
        assert (output.value, unfit) == ({}, ())
