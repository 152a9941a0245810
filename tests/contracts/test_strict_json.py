import json
import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.contracts import strict_json
from evidoc.kernel.errors import InvalidRequest


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**70), 2**70)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="ascii", min_codepoint=32)), inner),
    )
)
def test_ordinary_json_passes_unchanged(value: Any) -> None:
    assert strict_json.parse(json.dumps(value)) == value
    assert strict_json.parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary() | st.text())
def test_nothing_but_the_refusal_is_ever_raised(data: bytes | str) -> None:
    with suppress(InvalidRequest):
        strict_json.parse(data)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"a": {"b": ["x", "\\u0000"]}}', "a.b[1]"),
        ('{"a": "\\udfff"}', "a"),
        ('{"a": {"\\ud800": 1}}', "a"),
        ('{"a": {"b": 1e400}}', "a.b"),
    ],
)
def test_the_field_at_fault_is_named(text: str, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        strict_json.parse(text)
    assert caught.value.details[0].field == field


def test_a_long_name_is_not_written_out_for_each_value_below_it() -> None:
    text = json.dumps({"n" * 100_000: [1] * 20_000})
    tracemalloc.start()
    try:
        strict_json.parse(text)
        assert tracemalloc.get_traced_memory()[1] < 50 * len(text), "written out, it comes to two gigabytes"
    finally:
        tracemalloc.stop()
    with pytest.raises(InvalidRequest) as caught:
        strict_json.parse(json.dumps({"n" * 100_000: ["\0"]}))
    assert caught.value.details[0].field == "n" * 200 + "[0]"


def test_a_name_that_is_given_twice_is_found_among_many() -> None:
    members = ",".join(f'"{number}":1' for number in range(100_000))
    with pytest.raises(InvalidRequest) as caught:
        strict_json.parse(f'{{{members},"99999":2}}')
    assert caught.value.details[0].message == 'gives the name "99999" twice in one object'


def test_depth_is_bounded_at_the_stated_level() -> None:
    def nested(levels: int) -> str:
        return "[" * levels + "]" * levels

    strict_json.parse(nested(strict_json.MAX_DEPTH + 1))
    with pytest.raises(InvalidRequest):
        strict_json.parse(nested(strict_json.MAX_DEPTH + 2))
