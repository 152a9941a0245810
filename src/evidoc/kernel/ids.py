"""Identifiers: a prefix that says what it names, then a ULID.

A ULID (https://github.com/ulid/spec) sorts by creation time and carries 80 random bits, so ids made in
one millisecond by many processes do not meet.
"""

import secrets
import time

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(prefix: str) -> str:
    """A new id such as ``doc_01JD3Z8Q4N5W6X7Y8Z9A0B1C2D``."""
    number = (time.time_ns() // 1_000_000 & (1 << 48) - 1) << 80 | secrets.randbits(80)
    digits = [_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5)]
    return f"{prefix}_{''.join(digits)}"
