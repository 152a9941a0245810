"""Whether a message that says it comes from Evidoc does."""

import base64
import binascii
import hmac
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from evidoc_client.decode import decode
from evidoc_client.errors import BadAnswer, WebhookVerificationError
from evidoc_client.run_answers import Run

_SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark of a secret, not one
_STANDARD = ("webhook-id", "webhook-timestamp", "webhook-signature")
_MOST_AHEAD = 60.0


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A message that may be trusted. ``id`` is the same on every try: do nothing twice for one id.

    ``event`` is "execution.completed" or "execution.failed"; ``data`` is the run as it was sent.
    """

    event: str
    timestamp: datetime
    data: Mapping[str, Any] = field(repr=False)
    id: str | None = None

    @property
    def run(self) -> Run:
        """The run that the message is about. Raises BadAnswer where it is about none."""
        return decode(Run, self.data)


def verify_webhook(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str,
    tolerance: float = 300,
    *,
    now: float | None = None,
) -> WebhookEvent:
    """The message, if it was signed with ``secret`` at most ``tolerance`` seconds ago.

    ``body`` is the body as it came, byte for byte. The headers of Standard Webhooks count where they are there;
    they tell the time of the try. Else X-Doclo-Signature counts, with the time in the body.
    ``now`` is in Unix seconds, the present if absent. Raises WebhookVerificationError.
    """
    if not secret:
        raise ValueError("A secret is needed to verify a message")
    raw = body.encode() if isinstance(body, str) else bytes(body)
    given = {name.lower(): value for name, value in headers.items()}
    moment = time.time() if now is None else now
    standard = [given.get(name) for name in _STANDARD]
    if all(standard):
        _check_standard(raw, *(str(value) for value in standard), secret=secret)
        _check_age(_seconds(str(standard[1])), moment, tolerance, tolerance)
        return _event(raw, str(standard[0]))
    signature = given.get("x-doclo-signature")
    if signature is None:
        raise WebhookVerificationError("The message carries no signature")
    expected = f"sha256={hmac.digest(secret.encode(), raw, sha256).hex()}"
    if not hmac.compare_digest(expected.encode(), signature.strip().encode()):
        raise WebhookVerificationError("The signature does not fit the message and the secret")
    event = _event(raw, given.get("webhook-id"))
    _check_age(event.timestamp.timestamp(), moment, tolerance, min(tolerance, _MOST_AHEAD))
    return event


def _check_standard(raw: bytes, message_id: str, timestamp: str, signatures: str, *, secret: str) -> None:
    expected = hmac.digest(_key(secret), b".".join((message_id.encode(), timestamp.encode(), raw)), sha256)
    good = False
    for signature in signatures.split():
        version, _, text = signature.partition(",")
        if version != "v1":
            continue
        try:
            found = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            continue
        # Every one is compared, so that the time taken tells nothing.
        good |= hmac.compare_digest(expected, found)
    if not good:
        raise WebhookVerificationError("The signature does not fit the message and the secret")


def _key(secret: str) -> bytes:
    """The bytes that a ``whsec_`` secret writes in base64, else its own characters."""
    if secret.startswith(_SECRET_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise WebhookVerificationError("The message says no time")
    return seconds


def _check_age(sent: float, now: float, tolerance: float, ahead: float) -> None:
    if now - sent > tolerance:
        raise WebhookVerificationError("The message is too old")
    if sent - now > ahead:
        raise WebhookVerificationError("The message is from the future")


def _event(raw: bytes, message_id: str | None) -> WebhookEvent:
    try:
        told = json.loads(raw)
        event = decode(WebhookEvent, {**told, "id": message_id})
        if event.timestamp.tzinfo is None:
            raise BadAnswer("The time has no zone")
    except (ValueError, TypeError, BadAnswer) as error:
        raise WebhookVerificationError("The message is not one of Evidoc's") from error
    return event
