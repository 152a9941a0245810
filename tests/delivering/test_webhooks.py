import hashlib
import hmac
import json
import socket
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from evidoc.delivering.webhooks import LONGEST_WAIT_SECONDS, Outcome, WebhookSender, key_of, signatures
from evidoc.kernel import clock
from evidoc.reaching.allowed_hosts import AllowedHosts
from evidoc.reaching.fetcher import Fetcher
from tests.reaching.receivers import answer, receiving, request_headers, saying

SENDER = WebhookSender(Fetcher(AllowedHosts.parse("127.0.0.1")))
BODY = json.dumps({"event": "execution.completed", "name": "Zoë"}, ensure_ascii=False).encode()
WHSEC = "whsec_" + b64encode(bytes(range(32))).decode()


def sent(said: bytes, secret: str = "a secret") -> tuple[Outcome, dict[str, str], bytes]:
    with receiving(saying(said)) as receiver:
        outcome = SENDER.send(f"http://{receiver.at}/hook", "whd_1", secret, BODY, clock.now())
    (request,) = receiver.requests
    return outcome, request_headers(request), request.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("secret", [WHSEC, "a secret", "пароль", "whsec_not base64!", "x"])
def test_a_message_is_signed_as_both_conventions_say(secret: str) -> None:
    outcome, headers, body = sent(answer(), secret)
    assert outcome.is_delivered
    assert body == BODY
    # The one that is published for this contract: the body alone, with the secret's own characters as the key.
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(headers["x-doclo-signature"], f"sha256={expected}")
    # The other one, judged by its own library.
    judge = Webhook(secret if secret == WHSEC else secret.encode())
    assert judge.verify(body.decode(), headers) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        judge.verify(body.decode() + " ", headers)
    assert headers["webhook-id"] == "whd_1"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("Evidoc-Webhooks/")


@given(st.text(max_size=200), st.binary(min_size=1, max_size=40))
def test_any_secret_of_standard_webhooks_verifies(text: str, key: bytes) -> None:
    secret, body = "whsec_" + b64encode(key).decode(), json.dumps({"text": text})
    assert key_of(secret) == key
    headers = signatures("whd_1", secret, body.encode(), clock.now())
    assert Webhook(secret).verify(body, headers) == {"text": text}


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_status_of_success_is_one(status: int) -> None:
    outcome, _, _ = sent(f"HTTP/1.1 {status} OK\r\n\r\n".encode())
    assert (outcome.status, outcome.error, outcome.is_delivered) == (status, None, True)


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 400, 401, 404, 410, 422, 429, 500, 503])
def test_every_other_status_is_a_failure(status: int) -> None:
    outcome, _, _ = sent(answer(status, Location="https://elsewhere.example/"))
    assert not outcome.is_delivered
    assert outcome.is_gone == (status == 410)
    assert outcome.status == status
    assert str(status) in str(outcome.error)


def test_a_receiver_that_cannot_be_reached_is_told_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = SENDER.send(f"http://127.0.0.1:{port}/", "whd_1", "s", BODY, clock.now())
    assert (outcome.status, outcome.is_delivered) == (None, False)
    assert outcome.error == "It takes no connections"
    refused = SENDER.send("https://10.0.0.1/", "whd_1", "s", BODY, clock.now())
    assert (refused.status, refused.is_delivered) == (None, False)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("999999999", float(LONGEST_WAIT_SECONDS)),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("", None),
        ("99999999999999999999", None),
        ("Mon, 99 Foo 2026 25:00:00 GMT", None),
    ],
)
def test_what_a_receiver_asks_for_is_understood(text: str, seconds: float | None) -> None:
    outcome, _, _ = sent(answer(503, Retry_After=text))
    assert outcome.retry_after == seconds


def test_a_receiver_may_name_a_date() -> None:
    moment = datetime.now(UTC)
    for wait, seconds in ((600, 600), (-600, 0), (10**7, LONGEST_WAIT_SECONDS)):
        date = format_datetime(moment + timedelta(seconds=wait), usegmt=True)
        outcome, _, _ = sent(answer(429, Retry_After=date))
        assert outcome.retry_after == pytest.approx(seconds, abs=60)
