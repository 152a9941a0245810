"""A JSON body whose one long string never stands in memory: the string goes one way as it arrives, the rest another.

What this tells apart need only be right for JSON that is right: whoever calls it parses the rest strictly afterwards,
with the long string in it as an empty one.
"""

import json
import re
from dataclasses import dataclass

from evidoc.contracts.strict_json import MAX_DEPTH
from evidoc.kernel.errors import Detail, InvalidRequest, RequestTooLarge

_STRUCTURE = re.compile(rb'[{}\[\],:"]')
_INNER = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
"""What stands before the end of a string, or before an escape that is cut in two."""
_STRUCTURE_OF_LIST = re.compile(rb'[{}\[\]"]')


@dataclass(slots=True)
class _Open:
    """An object or list that has begun and not ended."""

    is_object: bool
    name: str | None = None
    awaits_name: bool = True


class BodyScan:
    """Splits the text of a JSON value, given in pieces, at the string under ``path`` (names of objects)."""

    def __init__(self, path: tuple[str, ...], most_bytes: int) -> None:
        """``most_bytes`` is how long the rest may be."""
        self.rest = bytearray()
        self.found = False
        self._path = path
        self._most_bytes = most_bytes
        self._open: list[_Open] = []
        self._in_string = self._aside = self._escaped = False
        self._name_from: int | None = None

    def feed(self, chunk: bytes) -> list[bytes]:
        """What ``chunk`` holds of the long string, as written. Raises InvalidRequest, RequestTooLarge."""
        aside: list[bytes] = []
        at = 0
        while at < len(chunk):
            at = self._string(chunk, at, aside) if self._in_string else self._between(chunk, at)
            if len(self.rest) > self._most_bytes:
                raise RequestTooLarge(f"The request holds more than {self._most_bytes} bytes besides its document")
        return aside

    def _between(self, chunk: bytes, at: int) -> int:
        inner = self._open[-1] if self._open else None
        marks = _STRUCTURE if inner is None or inner.is_object else _STRUCTURE_OF_LIST
        found = marks.search(chunk, at)
        end = found.end() if found else len(chunk)
        self.rest += chunk[at:end]
        if found:
            self._meet(found.group(), inner)
        return end

    def _meet(self, mark: bytes, inner: _Open | None) -> None:
        if mark == b'"':
            self._in_string = True
            if inner is not None and inner.is_object and inner.awaits_name:
                self._name_from = len(self.rest) - 1
            elif self._is_there():
                if self.found:
                    raise InvalidRequest(details=[Detail("body", f"gives {'.'.join(self._path)} twice")])
                self._aside = self.found = True
        elif mark in b"{[":
            if len(self._open) >= MAX_DEPTH:
                raise InvalidRequest(details=[Detail("body", f"nested deeper than {MAX_DEPTH} levels")])
            self._open.append(_Open(mark == b"{"))
        elif mark in b"}]":
            if self._open:
                self._open.pop()
        elif inner is not None:
            inner.awaits_name = mark == b","

    def _string(self, chunk: bytes, at: int, aside: list[bytes]) -> int:
        begin = at
        if self._escaped:
            self._escaped = False
            at += 1
        end = _end_of_string(chunk, at)
        if chunk[end : end + 1] == b'"':
            self._keep(chunk[begin:end], aside)
            self._end_string()
            return end + 1
        self._escaped = end < len(chunk)
        self._keep(chunk[begin:], aside)
        return len(chunk)

    def _keep(self, content: bytes, aside: list[bytes]) -> None:
        if not self._aside:
            self.rest += content
        elif content:
            aside.append(content)

    def _end_string(self) -> None:
        self.rest += b'"'
        if self._name_from is not None:
            self._open[-1].name = _text(bytes(self.rest[self._name_from :]))
        self._in_string, self._aside, self._name_from = False, False, None

    def _is_there(self) -> bool:
        return len(self._open) == len(self._path) and all(
            inner.is_object and inner.name == name for inner, name in zip(self._open, self._path, strict=True)
        )


def _end_of_string(chunk: bytes, at: int) -> int:
    """Where a string ends that goes on from ``at``; at the last byte where that begins an escape, else at the end."""
    quote = chunk.find(b'"', at)
    end = quote if quote >= 0 else len(chunk)
    if chunk.find(b"\\", at, end) < 0:
        return end
    inner = _INNER.match(chunk, at)
    return inner.end() if inner else at


def _text(string: bytes) -> str | None:
    try:
        text = json.loads(string)
    except ValueError:
        return None
    return text if isinstance(text, str) else None
