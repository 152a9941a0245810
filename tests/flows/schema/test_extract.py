"""What a schema asks for is found, put where the schema wants it, and comes with where it stands."""

from typing import Any

import pytest

from evidoc.deciding.gate import check_values
from evidoc.flows.schema.check import plain_schema
from evidoc.flows.schema.fill import extract
from evidoc.kernel.decision import Verdict
from evidoc.kernel.value_output import ONLY_VALUE_ALLOWED, ValueOutput
from tests.understanding.printed import printed

READING = printed(
    """Nordwind Tools Ltd
12 Harbour Road
Bristol BS1 4QA
VAT ID: GB123456789

INVOICE
Invoice number: NW-2024-118        Invoice date: 2024-03-05
Due date: 2024-04-04               Paid: yes
Shipping status: Shipped to depot  E-mail: post@nordwind.example
Bill to: Example Bakery Ltd

Description          Qty     Unit price     Amount
Hammer               2       10.50          21.00
Saw, long            1       300.25         300.25

Subtotal                                    321.25
VAT 19 %                                    61.04
Total amount                                382.29 EUR"""
)


def asked(required: tuple[str, ...] = (), **properties: Any) -> tuple[ValueOutput, dict[str, str]]:
    schema = plain_schema({"type": "object", "properties": properties, "required": list(required)})
    output, unfit = extract(READING, schema)
    check_values(READING, ((at, leaf.value) for at, leaf in output.leaves.items() if leaf.value is not None))
    return output, {detail.field: detail.message for detail in unfit}


def value(**properties: Any) -> Any:
    return asked(**properties)[0].value


STRING: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
DATE = {"type": "string", "format": "date"}


@pytest.mark.parametrize(
    "name", ["invoiceNumber", "invoice_number", "Invoice Number", "rechnungsnummer", "numeroFacture"]
)
def test_names_are_understood_in_every_spelling_and_several_languages(name: str) -> None:
    assert value(**{name: STRING}) == {name: "NW-2024-118"}


def test_objects_within_objects_know_whose_things_they_hold() -> None:
    party = {"type": "object", "properties": {"name": STRING, "vatId": STRING}}
    assert value(vendor=party, customer=party) == {
        "vendor": {"name": "Nordwind Tools Ltd", "vatId": "GB123456789"},
        "customer": {"name": "Example Bakery Ltd"},
    }


def test_what_goes_around_a_name_that_is_known_does_not_hide_it() -> None:
    inner = {"type": "object", "properties": {"invoiceDate": DATE, "totals": {"properties": {"totalAmount": NUMBER}}}}
    assert value(document=inner) == {"document": {"invoiceDate": "2024-03-05", "totals": {"totalAmount": 382.29}}}


def test_every_scalar_has_a_leaf_with_where_it_stands() -> None:
    output, _ = asked(totalAmount=NUMBER)
    leaf = output.leaves["/totalAmount"]
    assert leaf.verdict in (Verdict.KEEP, Verdict.REVIEW)
    assert (leaf.raw, leaf.normalized, leaf.rule) == ("382.29 EUR", "382.29", "money:point")
    (piece,) = leaf.evidence
    assert READING.pages[0].text[piece.char_start : piece.char_end] == piece.quote


def test_rows_of_a_table_become_objects() -> None:
    row = {
        "type": "object",
        "properties": {"description": STRING, "quantity": {"type": "integer"}, "unitPrice": NUMBER},
    }
    output, _ = asked(lineItems={"type": "array", "items": row})
    assert output.value == {
        "lineItems": [
            {"description": "Hammer", "quantity": 2, "unitPrice": 10.5},
            {"description": "Saw, long", "quantity": 1, "unitPrice": 300.25},
        ]
    }
    assert "/lineItems/1/unitPrice" in output.leaves


def test_objects_within_rows_are_filled() -> None:
    row = {
        "type": "object",
        "properties": {
            "product": {"type": "object", "properties": {"description": STRING}},
            "price": {"type": "object", "properties": {"unitPrice": NUMBER, "amount": NUMBER}},
        },
    }
    first = value(items={"type": "array", "items": row})["items"][0]
    assert first == {"product": {"description": "Hammer"}, "price": {"unitPrice": 10.5, "amount": 21}}


def test_a_list_of_scalars_holds_every_value() -> None:
    assert value(emails={"type": "array", "items": {**STRING, "format": "email"}}) == {
        "emails": ["post@nordwind.example"]
    }


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (NUMBER, 382.29),
        ({"type": "string"}, "382.29"),
        ({"type": ["number", "null"]}, 382.29),
        ({"type": ["string", "number"]}, 382.29),
        ({"anyOf": [NUMBER, {"type": "null"}]}, 382.29),
        ({"oneOf": [{"type": "null"}, NUMBER]}, 382.29),
        ({"allOf": [{"title": "Total"}, NUMBER]}, 382.29),
        ({"type": "number", "multipleOf": 0.01}, 382.29),
        ({"type": "number", "minimum": 0, "maximum": 1000}, 382.29),
    ],
)
def test_numbers_are_as_the_schema_wants_them(schema: dict[str, Any], expected: Any) -> None:
    assert value(totalAmount=schema) == {"totalAmount": expected}


@pytest.mark.parametrize(
    "schema", [{"type": "integer"}, {"type": "number", "multipleOf": 5}, {"type": "boolean"}, {"type": "null"}]
)
def test_what_does_not_fit_is_not_given(schema: dict[str, Any]) -> None:
    output, unfit = asked(totalAmount=schema)
    assert output.value == {}
    assert not unfit


def test_days_moments_and_yes_or_no() -> None:
    moment = {"type": "string", "format": "date-time"}
    assert value(dueDate=moment, paid={"type": "boolean"}) == {"dueDate": "2024-04-04T00:00:00Z", "paid": True}


def test_a_pattern_chooses_among_what_is_found() -> None:
    assert value(invoiceNumber={**STRING, "pattern": r"^NW-\d{4}-\d+$"}) == {"invoiceNumber": "NW-2024-118"}
    assert value(invoiceNumber={**STRING, "pattern": r"^R\d{9}$"}) == {}


def test_a_pattern_that_would_run_for_ever_only_finds_nothing() -> None:
    assert value(vendorName={**STRING, "pattern": r"^(([a-zA-Z ])+)+\d$"}) == {}


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (["pending", "shipped", "delivered"], "shipped"),
        (["PENDING", "SHIPPED"], "SHIPPED"),
        (["pending", "delivered"], None),
        (["shipped", "depot"], None),
    ],
)
def test_an_allowed_value_is_one_that_is_said_never_a_guess(allowed: list[str], expected: str | None) -> None:
    assert value(shippingStatus={"enum": allowed}).get("shippingStatus") == expected


def test_a_default_is_not_a_finding() -> None:
    assert value(purchaseOrderDate={**DATE, "default": "2020-01-01"}) == {}


def test_what_is_absent_is_left_out_or_null_where_something_must_stand() -> None:
    output, unfit = asked(
        ("deliveryDate", "totalAmount", "tags", "ship"),
        deliveryDate={"type": ["string", "null"], "format": "date"},
        trackingUrl={**STRING, "format": "uri"},
        totalAmount=NUMBER,
        tags={"type": "array", "items": {"type": "integer"}},
        ship={"type": "object", "properties": {"trackingUrl": STRING}},
    )
    assert output.value == {"deliveryDate": None, "totalAmount": 382.29, "tags": [], "ship": {}}
    assert not unfit
    assert output.leaves["/deliveryDate"].verdict is Verdict.MISSING
    assert set(output.missing) >= {"/deliveryDate", "/trackingUrl", "/tags"}


def test_the_only_allowed_value_stands_where_something_must_stand() -> None:
    output, _ = asked(("kind",), kind={"const": "invoice"}, other={"const": "x"})
    assert output.value == {"kind": "invoice"}
    assert output.leaves["/kind"].reasons == (ONLY_VALUE_ALLOWED,)


def test_what_must_be_there_and_is_not_is_named_and_what_was_found_stays() -> None:
    shipping = {"type": "object", "properties": {"trackingUrl": STRING}, "required": ["trackingUrl"]}
    output, unfit = asked(("shipping", "total/sum"), shipping=shipping, **{"total/sum": DATE, "totalAmount": NUMBER})
    assert set(unfit) == {"/shipping/trackingUrl", "/total~1sum"}
    assert not output.fits
    assert output.value["totalAmount"] == 382.29
    assert "/totalAmount" in output.leaves


def test_an_object_that_lacks_something_is_left_out_where_it_may_be() -> None:
    vendor = {"type": "object", "properties": {"name": STRING, "website": STRING}, "required": ["name", "website"]}
    output, unfit = asked(vendor=vendor, totalAmount=NUMBER)
    assert output.value == {"totalAmount": 382.29}
    assert not unfit
    assert [detail.field for detail in output.left_out] == ["/vendor"]
    assert "/vendor/name" not in output.leaves


def test_lists_keep_to_their_bounds() -> None:
    row = {"type": "object", "properties": {"description": STRING}}
    assert len(value(lineItems={"type": "array", "items": row, "maxItems": 1})["lineItems"]) == 1
    assert value(lineItems={"type": "array", "items": row, "minItems": 3}) == {}


def test_what_cannot_be_looked_for_is_kept_to_all_the_same() -> None:
    schema = plain_schema(
        {
            "type": "object",
            "properties": {"totalAmount": NUMBER, "netAmount": NUMBER, "pair": {"prefixItems": [STRING, NUMBER]}},
            "if": {"required": ["totalAmount"]},
            "then": {"properties": {"netAmount": {"maximum": 100}}},
        }
    )
    output, unfit = extract(READING, schema)
    assert (output.value, unfit) == ({"totalAmount": 382.29}, ())


def test_titles_and_labels_say_what_is_printed_beside_it() -> None:
    assert value(x={"type": "boolean", "title": "Paid"}) == {"x": True}
    assert value(y={"type": "boolean", "x-labels": ["Settled", "Paid"]}) == {"y": True}
