"""Understanding and deciding, as jobs of the sandbox: a stored reading's bytes in, one JSON value out.

A document's text is as hostile as its bytes: a pattern that runs for ever, or a million lines that look like
money, must end this process and not the server.
"""

import json
import mmap
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from struct import Struct
from typing import Any, overload

from evidoc.deciding.decide import decide
from evidoc.kernel.decision_codec import decisions_to_json, feature_from_json
from evidoc.kernel.errors import InvalidRequest
from evidoc.kernel.finding import Feature
from evidoc.kernel.output import summary_to_json
from evidoc.kernel.page_codec import decode_frame, decode_page
from evidoc.kernel.reading import Box, Line, Method, Page, Reading, Word, Words
from evidoc.understanding.classify import classify
from evidoc.understanding.features import DEFAULT_FEATURES, features_for
from evidoc.understanding.find import find
from evidoc.understanding.find import warm_up as warm_up_find
from evidoc.understanding.pattern import compile_pattern, matches
from evidoc.understanding.summarize import summarize

Bytes = bytes | mmap.mmap
Send = Callable[[bytes], None]

_LENGTH = Struct("<I")
_RECENT_PAGES = 32


def packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of what these jobs take: a reading's frame and then its pages, each preceded by its length."""
    for part in parts:
        yield _LENGTH.pack(len(part))
        yield part


def pack(parts: Iterable[bytes]) -> bytes:
    """The same in one piece."""
    return b"".join(packed(parts))


def warm_up() -> None:
    """Do once what all jobs do first (load extractors, compile cues), so that processes forked after it need not."""
    warm_up_find()
    words = Words.of([Word(0, 7, Box(0, 0, 9, 9))])
    reading = Reading((Page(0, "Invoice", 100.0, 100.0, Method.PLAIN, words, (Line(0, 1),)),))
    classify(reading)
    summarize(reading)


def process(_arguments: Mapping[str, Any], data: Bytes, send: Send) -> None:
    """What every document is asked: which type it is, and the features that documents of its type have."""
    reading = unpack(data)
    classifications = classify(reading)
    kind = classifications[0].category if classifications else ""
    features = features_for(DEFAULT_FEATURES.get(kind, ()))
    send_json(
        send,
        {
            "classifications": [[item.category, item.confidence] for item in classifications],
            "decisions": _decisions(reading, features),
        },
    )


def entities(arguments: Mapping[str, Any], data: Bytes, send: Send) -> None:
    """The decisions for ``features`` (see decision_codec)."""
    features = tuple(feature_from_json(feature) for feature in arguments["features"])
    send_json(send, _decisions(unpack(data), features))


def classify_document(arguments: Mapping[str, Any], data: Bytes, send: Send) -> None:
    """The ``categories`` (None: the built-in types) that the document belongs to."""
    found = classify(
        unpack(data),
        arguments["categories"],
        multi_label=arguments["multi_label"],
        threshold=arguments["threshold"],
    )
    send_json(send, [[item.category, item.confidence] for item in found])


def summarize_document(arguments: Mapping[str, Any], data: Bytes, send: Send) -> None:
    """The summary, ``max_length`` characters at most."""
    found = summarize(
        unpack(data),
        max_length=arguments["max_length"],
        format=arguments["format"],
        focus=tuple(arguments["focus"]),
    )
    send_json(send, summary_to_json(found))


def check_patterns(arguments: Mapping[str, Any], _data: Bytes, send: Send) -> None:
    """What is wrong with the ``patterns``, [field, pattern] each: a list of [field, message]."""
    faults: list[list[str]] = []
    for field, pattern in arguments["patterns"]:
        try:
            compile_pattern(pattern, field)
        except InvalidRequest as error:
            faults.extend([detail.field, detail.message] for detail in error.details)
    send_json(send, faults)


def match_patterns(arguments: Mapping[str, Any], data: Bytes, send: Send) -> None:
    """Match the patterns of ``features``, each alone, its number sent before: the last one sent says what took long.

    Raises InvalidRequest that names the first that is too much.
    """
    reading = unpack(data)
    for number, feature in enumerate(map(feature_from_json, arguments["features"])):
        send(str(number).encode())
        for _ in matches(reading.pages, feature.pattern or "", f"{feature.name}.pattern"):
            pass


def _decisions(reading: Reading, features: Sequence[Feature]) -> list[dict[str, Any]]:
    return decisions_to_json(decide(find(reading, features))) if features else []


def send_json(send: Send, value: Any) -> None:
    """Send a job's one answer."""
    send(json.dumps(value, separators=(",", ":")).encode())


def unpack(data: Bytes) -> Reading:
    """The reading that ``packed`` made; its pages are decoded when they are asked for."""
    bounds, offset = [], 0
    while offset < len(data):
        start = offset + _LENGTH.size
        offset = start + _LENGTH.unpack_from(data, offset)[0]
        bounds.append((start, offset))
    (start, end), *pages = bounds
    return replace(decode_frame(data[start:end]), pages=_Pages(data, pages))


class _Pages(Sequence[Page]):
    """Pages decoded when they are asked for; the latest are kept, since extractors ask for each many times."""

    def __init__(self, data: Bytes, bounds: Sequence[tuple[int, int]]) -> None:
        self._data = data
        self._bounds = bounds
        self._recent: OrderedDict[int, Page] = OrderedDict()

    def __len__(self) -> int:
        return len(self._bounds)

    @overload
    def __getitem__(self, index: int) -> Page: ...
    @overload
    def __getitem__(self, index: slice) -> list[Page]: ...
    def __getitem__(self, index: int | slice) -> Page | list[Page]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if index in self._recent:
            self._recent.move_to_end(index)
            return self._recent[index]
        start, end = self._bounds[index]
        page = self._recent[index] = decode_page(self._data[start:end])
        if len(self._recent) > _RECENT_PAGES:
            self._recent.popitem(last=False)
        return page
