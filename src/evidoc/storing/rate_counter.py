"""The promise that whoever counts requests keeps."""

from typing import Protocol


class RateCounter(Protocol):
    """Counts one more request of a side."""

    def add(self, org_id: str, window: int) -> tuple[int, int]:
        """Count one; the window it fell into, and how many have fallen there. Raises OSError or EvidocError."""

    def add_at_once(self, org_id: str, window: int) -> tuple[int, int] | None:
        """The same where it takes no waiting; None, and nothing is counted, where it might."""

    def close(self) -> None:
        """Let go of what it holds."""
