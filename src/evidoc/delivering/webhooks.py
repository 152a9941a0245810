"""Messages to webhooks: signed anew for each try, sent once a call, and what became of the try."""

import re
import time
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from hmac import digest
from importlib.metadata import version

from evidoc.kernel.errors import AddressRefused, DeliveryFailed
from evidoc.kernel.stop import Stop
from evidoc.reaching.fetcher import Fetcher

SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark of a secret, not one
"""A secret that begins so is the base64 of its bytes, as Standard Webhooks writes secrets."""

LONGEST_WAIT_SECONDS = 24 * 60 * 60
"""How long a receiver may ask to be left alone."""

_GONE = 410
_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try: the receiver's status, or ``error`` says why there is none.

    ``retry_after`` is for how many seconds the receiver asked to be left alone; ``gone`` where it wants nothing more.
    """

    status: int | None
    error: str | None
    duration_ms: int
    retry_after: float | None = None

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver has it now."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing more."""
        return self.status == _GONE


class WebhookSender:
    """Sends messages through the one guarded way out."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._agent = f"Evidoc-Webhooks/{version('evidoc')}"

    def send(
        self, url: str, delivery_id: str, secret: str, body: bytes, at: datetime, stop: Stop | None = None
    ) -> Outcome:
        """Try once to bring ``body``, a JSON text, to ``url``. No redirect is followed. Raises what ``stop`` says."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": self._agent,
            **signatures(delivery_id, secret, body, at),
        }
        begun = time.monotonic()
        try:
            answer = self._fetcher.post(url, body, headers, _ANSWER_BYTES, stop)
        except (AddressRefused, DeliveryFailed) as error:
            return Outcome(None, error.message, _milliseconds_since(begun))
        taken = _milliseconds_since(begun)
        if 200 <= answer.status < 300:
            return Outcome(answer.status, None, taken)
        error_text = f"It answered with the status {answer.status}"
        return Outcome(answer.status, error_text, taken, _retry_after(answer.headers, at))


def signatures(delivery_id: str, secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers by which a receiver knows that ``body`` comes from here: Standard Webhooks, and Doclo's."""
    moment = str(int(at.timestamp()))
    signed = b".".join((delivery_id.encode(), moment.encode(), body))
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{b64encode(digest(key_of(secret), signed, sha256)).decode()}",
        "X-Doclo-Signature": f"sha256={digest(secret.encode(), body, sha256).hex()}",
    }


def key_of(secret: str) -> bytes:
    """The key of Standard Webhooks' signature: the bytes that a ``whsec_`` secret writes, else its own characters."""
    if secret.startswith(SECRET_PREFIX):
        try:
            if key := b64decode(secret.removeprefix(SECRET_PREFIX), validate=True):
                return key
        except (NotBase64, ValueError):
            pass
    return secret.encode()


def _retry_after(headers: Mapping[str, str], at: datetime) -> float | None:
    """The seconds that a Retry-After names, as a number or a date, within bounds; None for none, or for nonsense."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        seconds = float(text)
    else:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - at).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def _milliseconds_since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
