"""Whatever schema is asked for: never a crash, and the value fits, or it is said where it does not."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry

from evidoc.deciding.gate import check_values
from evidoc.flows.schema.check import plain_schema
from evidoc.flows.schema.fill import extract
from evidoc.kernel.errors import InvalidRequest
from evidoc.kernel.output import output_from_json, output_to_json
from tests.understanding.printed import printed

READING = printed(
    """Nordwind Tools Ltd
VAT ID DE123456789

INVOICE
Invoice number: NW-2024-118        Date: 2024-03-05
Due date: 2024-04-04               Paid: yes
Status: shipped                    E-mail: post@nordwind.example

Description          Qty     Unit price     Amount
Hammer               2       10.50          21.00
Saw, long            1       300.25         300.25

Subtotal                                    321.25
VAT 19 %                                    61.04
Total amount                                382.29 EUR"""
)

NAMES = st.sampled_from(
    "invoiceNumber invoice_date total totalAmount netAmount vendor name lineItems items description qty quantity "
    "unitPrice amount status paid email vatId kind date tags a/b c~d 合計 x-1".split()
) | st.text(max_size=8)
PATTERNS = st.sampled_from([r"^\d+$", r"^[A-Z]{2}-", r".*", r"(a+)+$", r"^NW-\d{4}-\d+$"])


def scalars() -> st.SearchStrategy[dict[str, Any]]:
    words = {
        "type": st.sampled_from(["string", "number", "integer", "boolean", "null"])
        | st.lists(st.sampled_from(["string", "number", "integer", "boolean", "null"]), min_size=1, unique=True),
        "format": st.sampled_from(["date", "date-time", "email", "uri", "duration", "nonsense"]),
        "enum": st.lists(
            st.sampled_from(["EUR", "USD", "shipped", "Open", 1, 2.5, True, None]), min_size=1, max_size=4
        ),
        "const": st.sampled_from(["EUR", 5, None, False, ["x"], {"a": 1}]),
        "pattern": PATTERNS,
        "minLength": st.integers(0, 20),
        "maxLength": st.integers(0, 20),
        "minimum": st.integers(-5, 400),
        "maximum": st.floats(0, 500, allow_nan=False),
        "multipleOf": st.sampled_from([0.01, 0.5, 1, 7]),
        "default": st.sampled_from(["x", 1, None]),
        "title": st.text(max_size=10),
        "description": st.text(max_size=20),
        "nullable": st.booleans(),
        "not": st.sampled_from([{}, {"const": "EUR"}, {"type": "string"}]),
    }
    return st.lists(st.sampled_from(sorted(words)), max_size=4, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({word: words[word] for word in chosen})
    )


def with_schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    objects = st.builds(
        lambda properties, more, required, kind: {
            **({"type": kind} if kind else {}),
            "properties": properties,
            **({"additionalProperties": more} if more is not None else {}),
            "required": [name for name in properties if name in required],
        },
        st.dictionaries(NAMES, inner, max_size=5),
        st.none() | st.booleans(),
        st.sets(NAMES, max_size=3),
        st.sampled_from([None, "object", ["object", "null"], ["string", "object"]]),
    )
    lists = st.builds(
        lambda items, bounds: {"type": "array", "items": items, **bounds},
        inner,
        st.fixed_dictionaries(
            {},
            optional={
                "minItems": st.integers(0, 3),
                "maxItems": st.integers(0, 3),
                "uniqueItems": st.booleans(),
                "contains": st.just({"type": "object"}),
            },
        ),
    )
    several = st.builds(
        lambda word, schemas, beside: {**beside, word: schemas},
        st.sampled_from(["anyOf", "oneOf", "allOf", "prefixItems"]),
        st.lists(inner | st.just({"type": "null"}), min_size=1, max_size=3),
        scalars(),
    )
    conditions = st.builds(lambda one, other, beside: {"if": one, "then": other, **beside}, inner, inner, scalars())
    return objects | lists | several | conditions


SCHEMAS = st.recursive(scalars() | st.booleans() | st.just({"$ref": "#/$defs/one"}), with_schemas, max_leaves=12)


def scalars_in(value: Any, at: str = "") -> list[str]:
    if isinstance(value, dict):
        parts = [(name.replace("~", "~0").replace("/", "~1"), one) for name, one in value.items()]
    elif isinstance(value, list):
        parts = [(str(number), one) for number, one in enumerate(value)]
    else:
        return [at]
    return [pointer for name, one in parts for pointer in scalars_in(one, f"{at}/{name}")]


def judged(schema: dict[str, Any], value: Any) -> bool:
    """Whether the library, left to itself, takes the value; formats are judged elsewhere."""
    return Draft202012Validator(schema, registry=Registry()).is_valid(value)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(NAMES, SCHEMAS, max_size=6), st.sets(NAMES, max_size=2), SCHEMAS, st.booleans())
def test_the_value_fits_or_it_is_said_where_not(
    properties: dict[str, Any], required: set[str], one: Any, more: bool
) -> None:
    schema = {
        "type": "object",
        "properties": properties,
        "required": sorted(required),
        "additionalProperties": more,
        "$defs": {"one": one},
    }
    try:
        plain = plain_schema(schema)
    except InvalidRequest:
        return
    output, unfit = extract(READING, plain)
    assert bool(unfit) != output.fits
    if output.fits and "multipleOf" not in json.dumps(schema):
        assert judged(dict(plain), output.value)
    assert sorted(scalars_in(output.value)) == sorted(output.leaves)
    check_values(READING, ((at, leaf.value) for at, leaf in output.leaves.items() if leaf.value is not None))
    assert output_from_json(json.loads(json.dumps(output_to_json(output)))) == output
