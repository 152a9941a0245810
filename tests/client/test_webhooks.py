"""What is verified may be trusted, and nothing else is."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from evidoc_client import WebhookVerificationError, verify_webhook

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
RUN = {
    "id": "exec_1",
    "flowId": "invoice-extractor",
    "version": "2",
    "status": "completed",
    "output": {"total": "5.00"},
}


def body_at(moment: datetime = NOW) -> bytes:
    told = {"event": "execution.completed", "timestamp": moment.isoformat().replace("+00:00", "Z"), "data": RUN}
    return json.dumps(told, ensure_ascii=False).encode()


def standard(body: bytes, at: datetime = NOW, secret: str | bytes = SECRET) -> dict[str, str]:
    """The three headers, by the package of those who wrote the standard."""
    signature = Webhook(secret).sign("whd_1", at, body.decode())
    return {
        "Webhook-Id": "whd_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": signature,
    }


def doclo(body: bytes, secret: str = "a secret of mine") -> dict[str, str]:
    return {"x-doclo-signature": "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()}


def test_a_message_signed_as_standard_webhooks_has_it() -> None:
    body = body_at(NOW - timedelta(days=1))
    event = verify_webhook(body, standard(body), SECRET, now=NOW.timestamp())
    assert (event.event, event.id, event.run.output) == ("execution.completed", "whd_1", {"total": "5.00"})


def test_a_secret_of_any_characters_is_a_key_as_it_stands() -> None:
    body = body_at()
    headers = standard(body, secret=b"a secret of mine")
    assert verify_webhook(body, headers, "a secret of mine", now=NOW.timestamp()).run.id == "exec_1"


def test_one_good_signature_of_several_is_enough() -> None:
    body = body_at()
    headers = standard(body)
    other = standard(body, secret=b"the one before")["Webhook-Signature"]
    headers["Webhook-Signature"] = f"v1a,AAAA {other} v1,no {headers['Webhook-Signature']}"
    assert verify_webhook(body, headers, SECRET, now=NOW.timestamp()).id == "whd_1"


def test_a_message_signed_as_doclo_has_it() -> None:
    body = body_at()
    assert verify_webhook(body, doclo(body), "a secret of mine", now=NOW.timestamp()).event == "execution.completed"
    assert verify_webhook(body.decode(), doclo(body), "a secret of mine", now=NOW.timestamp()).id is None


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_time_that_is_not_now_is_refused(seconds: int) -> None:
    body = body_at()
    with pytest.raises(WebhookVerificationError):
        verify_webhook(body, standard(body), SECRET, now=NOW.timestamp() - seconds)
    assert verify_webhook(body, standard(body), SECRET, 400, now=NOW.timestamp() - seconds)


@pytest.mark.parametrize("seconds", [-301, 61])
def test_doclo_takes_the_time_from_the_body(seconds: int) -> None:
    body = body_at(NOW + timedelta(seconds=seconds))
    with pytest.raises(WebhookVerificationError):
        verify_webhook(body, doclo(body), "a secret of mine", now=NOW.timestamp())


def _forgeries() -> dict[str, tuple[bytes, dict[str, Any]]]:
    body = body_at()
    good = standard(body)
    return {
        "another body": (body.replace(b"5.00", b"9.00"), good),
        "another id": (body, good | {"Webhook-Id": "whd_2"}),
        "another time": (body, good | {"Webhook-Timestamp": str(int(NOW.timestamp()) + 1)}),
        "another secret": (body, standard(body, secret=b"not it")),
        "no signature": (body, {"Webhook-Id": "whd_1"}),
        "no headers": (body, {}),
        "a version unknown": (body, good | {"Webhook-Signature": good["Webhook-Signature"].replace("v1,", "v2,")}),
        "an empty signature": (body, good | {"Webhook-Signature": "v1,"}),
        "no time": (body, good | {"Webhook-Timestamp": "nan"}),
        "a signature in letters": (body, {"X-Doclo-Signature": "sha256=é"}),
        "doclo of another secret": (body, doclo(body, "not it")),
        "no JSON": (b"[]", standard(b"[]")),
        # Whoever may not sign may not choose the weaker of two ways either.
        "standard forged, doclo right": (body, good | {"Webhook-Signature": "v1,AAAA"} | doclo(body, SECRET)),
    }


@pytest.mark.parametrize("name", _forgeries())
def test_a_forgery_is_refused(name: str) -> None:
    body, headers = _forgeries()[name]
    with pytest.raises(WebhookVerificationError):
        verify_webhook(body, headers, SECRET, now=NOW.timestamp())


def test_without_a_secret_nothing_is_verified() -> None:
    with pytest.raises(ValueError, match="secret"):
        verify_webhook(b"{}", {}, "")
