"""How a server and its OCR process speak: a kind, a length, then that many bytes, over a pipe."""

import os
import select
import struct
import time
from enum import IntEnum

_HEAD = struct.Struct("<BI")


class Kind(IntEnum):
    """What a frame carries."""

    IMAGE = 1
    PAGE = 2
    ERROR = 3


def send(fd: int, kind: Kind, *parts: bytes) -> None:
    """Write one frame. Raises OSError when the other side is gone."""
    head = _HEAD.pack(kind, sum(map(len, parts)))
    for part in (head, *parts):
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(fd, rest) :]


def receive(fd: int, seconds: float | None = None) -> tuple[Kind, bytearray] | None:
    """Read one frame; None when the other side closed the pipe. Raises TimeoutError after ``seconds``."""
    deadline = None if seconds is None else time.monotonic() + seconds
    head = _read(fd, _HEAD.size, deadline)
    if head is None:
        return None
    kind, length = _HEAD.unpack(head)
    body = _read(fd, length, deadline)
    return None if body is None else (Kind(kind), body)


def _read(fd: int, length: int, deadline: float | None) -> bytearray | None:
    data = bytearray(length)
    view, done = memoryview(data), 0
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    while done < length:
        if deadline is not None and not poll.poll(max(0.0, 1000 * (deadline - time.monotonic()))):
            raise TimeoutError
        count = os.readv(fd, [view[done:]])
        if count == 0:
            return None
        done += count
    return data
