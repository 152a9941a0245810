"""What receiving says of bytes that it accepted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receipt:
    """Bytes that passed the gate: what they are (sniffed, not claimed), how many, and their hash."""

    filename: str
    content_type: str
    size: int
    sha256: str
