"""Refusals of every contract become errors that a program can tell apart, and no error tells the key."""

import json
import pickle
import traceback
from typing import Any

import pytest

import evidoc_client
from evidoc.contracts.clary import errors as clary
from evidoc.contracts.doclo import errors as doclo
from evidoc.kernel.errors import Detail, EvidocError, InternalError, InvalidRequest, all_errors
from evidoc_client import Client, EvidocApiError, EvidocClientError, Retries, ServerError
from evidoc_client.refusal import refusal_of
from tests.client.both import Ask
from tests.client.flaky import UNSENT, Way
from tests.served import Served

KEY = "sk_live_0123456789abcdef0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("contract", [clary, doclo], ids=["clary", "doclo"])
@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.code)
def test_every_refusal_of_the_server_is_one_of_a_kind(contract: Any, error: type[EvidocError]) -> None:
    answer = contract.render(error(), "req_1", {})
    refusal = refusal_of(answer.status_code, answer.headers, answer.body)
    assert type(refusal) is not EvidocApiError or answer.status_code in (405, 408)
    assert (type(refusal) is ServerError) == (answer.status_code == 500)
    assert (refusal.request_id, refusal.status) == ("req_1", answer.status_code)
    assert refusal.code == json.loads(answer.body)["error"]["code"]


@pytest.mark.parametrize("contract", [clary, doclo], ids=["clary", "doclo"])
def test_what_is_wrong_with_a_request_is_told_field_by_field(contract: Any) -> None:
    answer = contract.render(InvalidRequest(details=[Detail("a", "is required"), Detail("b", "is none")]), "req_1", {})
    refusal = refusal_of(answer.status_code, answer.headers, answer.body)
    assert refusal.faults == (("a", "is required"), ("b", "is none"))


@pytest.mark.parametrize(
    ("status", "content", "kind", "words"),
    [
        (404, b'{"success": false, "error": "No such thing"}', "NotFound", "No such thing"),
        (502, b"<html>Bad gateway</html>", "Unavailable", "502"),
        (500, b"", "ServerError", "500"),
        (418, b"[]", "EvidocApiError", "418"),
        (302, b"", "EvidocApiError", "http://elsewhere.example/"),
    ],
)
def test_what_no_contract_wrote_is_an_error_too(status: int, content: bytes, kind: str, words: str) -> None:
    refusal = refusal_of(status, {"location": "http://elsewhere.example/"}, content)
    assert type(refusal) is getattr(evidoc_client, kind)
    assert words in str(refusal)


def test_an_answer_of_somebody_else_is_said_to_be_that(ask: Ask, nowhere: Way) -> None:
    for content in (b"<html>Welcome</html>", b"[]", b"{}", b'{"documents": 1}'):
        nowhere.break_down((200, {}, content))
        with pytest.raises(evidoc_client.BadAnswer, match="not one of Evidoc's"):
            ask(nowhere.url, lambda client: client.documents.get("doc_1"))


def test_an_error_survives_a_process_boundary() -> None:
    refusal = refusal_of(429, {"retry-after": "7"}, b'{"error": {"code": "rate_limited", "message": "Slowly"}}', 3)
    copy = pickle.loads(pickle.dumps(refusal))
    assert (type(copy), copy.code, copy.retry_after, copy.attempts) == (type(refusal), "rate_limited", 7.0, 3)


def test_the_key_is_in_no_repr_and_no_error(ask: Ask, nowhere: Way) -> None:
    assert KEY not in repr(Client(nowhere.url, KEY))
    nowhere.break_down((401, {}, b""), UNSENT)
    for _ in range(2):
        with pytest.raises(EvidocClientError) as raised:
            ask(nowhere.url, lambda client: client.health(), api_key=KEY, retries=Retries(times=0))
        assert nowhere.seen[0][2]["authorization"] == f"Bearer {KEY}"
        assert KEY not in "".join(traceback.format_exception(raised.value))
        assert KEY not in repr(raised.value.__cause__)


@pytest.mark.parametrize("key", [KEY + "\n" + KEY, "sk_live_\u2026", "two words"])
def test_a_key_that_is_none_is_refused_without_saying_it(key: str) -> None:
    with pytest.raises(ValueError, match="characters") as refusal:
        Client("http://127.0.0.1:9", key)
    assert key not in str(refusal.value)


def test_a_password_in_the_address_is_not_shown() -> None:
    assert "hunter2" not in repr(Client("http://me:hunter2@127.0.0.1:9/"))


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://[::1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        Client(url)


def test_where_and_with_which_key_may_come_from_the_environment(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVIDOC_URL", server.url)
    monkeypatch.setenv("EVIDOC_KEY", "sk_live_of_nobody")
    with Client() as client, pytest.raises(evidoc_client.Unauthorized):
        client.documents.get("doc_1")
    with Client(api_key="") as client, pytest.raises(evidoc_client.DocumentNotFound):
        client.documents.get("doc_1")


def test_a_fault_of_the_server_tells_nothing_but_its_id() -> None:
    answer = clary.render(InternalError(), "req_7", {})
    assert "req_7" in str(refusal_of(500, answer.headers, answer.body))
