from typing import Any

import pytest
from starlette.requests import Request

from evidoc.contracts.idempotency import idempotency_of
from evidoc.kernel.errors import InvalidRequest

ROUTE = "POST /things"


def request(*keys: str) -> Request:
    headers = [(b"idempotency-key", key.encode("utf-8")) for key in keys]
    return Request({"type": "http", "headers": headers})


def of(body: dict[str, Any], *keys: str, apart: tuple[str, ...] = ()) -> Any:
    return idempotency_of(request(*keys), ROUTE, body, "a path", apart=apart)


def test_a_request_without_a_key_is_itself_alone() -> None:
    assert of({"a": 1}) is None
    assert of({"a": 1, "idempotencyKey": None}) is None


def test_the_key_may_stand_in_the_body_or_in_a_header() -> None:
    found = [of({"a": 1, "idempotencyKey": "k é"}), of({"a": 1, "idempotency_key": "k é"}), of({"a": 1}, "k é")]
    assert found[0] == found[1] == found[2]
    assert found[0].key == "k é"
    assert found[0] == of({"a": 1, "idempotencyKey": "k é", "idempotency_key": "k é"}, "k é")


def test_another_body_is_another_request_and_another_order_is_not() -> None:
    first = of({"a": 1, "b": {"c": [1, 2], "d": None}}, "k")
    assert first == of({"b": {"d": None, "c": [1, 2]}, "a": 1}, "k")
    assert first != of({"a": 1, "b": {"c": [2, 1], "d": None}}, "k")
    assert first != of({"a": 1.5, "b": {"c": [1, 2], "d": None}}, "k")
    assert first.fingerprint != idempotency_of(request("k"), ROUTE, {"a": 1}, "another path")


def test_what_only_says_how_to_answer_stands_apart() -> None:
    assert of({"a": 1, "wait": True}, "k", apart=("wait",)) == of({"a": 1}, "k", apart=("wait",))


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        ({"idempotencyKey": ""}, ()),
        ({"idempotencyKey": " "}, ()),
        ({"idempotencyKey": "x" * 256}, ()),
        ({"idempotencyKey": "a\nb"}, ()),
        ({"idempotencyKey": 1}, ()),
        ({"idempotencyKey": ["a"]}, ()),
        ({}, ("",)),
        ({}, ("a", "a")),
        ({"idempotencyKey": "a"}, ("b",)),
        ({"idempotencyKey": "a", "idempotency_key": "b"}, ()),
    ],
)
def test_a_key_that_is_none_or_two_is_refused(body: dict[str, Any], keys: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest):
        of(body, *keys)
    assert of({"idempotencyKey": "x" * 255}) is not None
