"""The time, as everything stored and sent writes it: UTC, RFC 3339, milliseconds."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, aware and in UTC, cut to milliseconds (what is stored and shown)."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_wire(moment: datetime) -> str:
    """RFC 3339 with a Z, e.g. ``2026-01-15T10:30:00.123Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
