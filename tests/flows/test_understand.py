"""What comes out of the child is checked; where a long document is too much, its first pages are asked."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from evidoc.flows.understand import FIRST_PAGES, IN_PART, Understander
from evidoc.flows.understand_job import entities, match_patterns, pack
from evidoc.kernel.decision_codec import feature_to_json
from evidoc.kernel.errors import DocumentTooComplex, InternalError, InvalidRequest, ReaderCrashed
from evidoc.kernel.page_codec import encode_frame, encode_page
from evidoc.kernel.reading import Box, Line, Method, Page, Reading, Word, Words
from evidoc.kernel.stop import Stop
from evidoc.understanding.features import features_for

PATIENCE = 20.0


def page(index: int, text: str = "Total 12.50") -> Page:
    words, start = [], 0
    for word in text.split(" "):
        words.append(Word(start, start + len(word), Box(10 + 8.0 * start, 20, 10 + 8.0 * (start + len(word)), 30)))
        start += len(word) + 1
    return Page(index, text, 612, 792, Method.PLAIN, Words.of(words), (Line(0, len(words)),))


class Inline:
    """A sandbox that runs the job here, or says what it is told to."""

    def __init__(self, answer: bytes | None = None, most_pages: int = 10_000) -> None:
        self._answer = answer
        self._most_pages = most_pages
        self.pages: list[int] = []

    def run(
        self, job: str, arguments: Mapping[str, Any], data: Iterable[bytes], *, more_seconds: int, stop: Stop | None
    ) -> Iterator[bytes]:
        data = b"".join(data)
        self.pages.append(data.count(b'"typeset"'))
        if self.pages[-1] > self._most_pages:
            raise DocumentTooComplex
        sent: list[bytes] = [] if self._answer is None else [self._answer]
        if self._answer is None:
            entities(arguments, data, sent.append)
        yield from sent


FEATURES = features_for(["total_amount"])


def test_a_long_document_is_asked_in_part_and_says_so() -> None:
    sandbox = Inline(most_pages=FIRST_PAGES)
    reading = Reading(tuple(page(index) for index in range(FIRST_PAGES + 5)))
    (decision,) = Understander(sandbox).entities(reading, FEATURES)  # type: ignore[arg-type]
    assert IN_PART in decision.reasons
    assert [item.value.raw for item in decision.selected] == ["12.50"]
    assert sandbox.pages == [FIRST_PAGES + 5, FIRST_PAGES]


def test_a_short_document_is_not_asked_twice() -> None:
    sandbox = Inline(most_pages=0)
    with pytest.raises(DocumentTooComplex):
        Understander(sandbox).entities(Reading((page(0),)), FEATURES)  # type: ignore[arg-type]
    assert sandbox.pages == [1]


@pytest.mark.parametrize("answer", [b"", b"no json", b"{}", b"[1]", b'[{"decision_id": 1}]'])
def test_garbage_from_the_child_is_an_error_of_the_document(answer: bytes) -> None:
    with pytest.raises(ReaderCrashed):
        Understander(Inline(answer)).entities(Reading((page(0),)), FEATURES)  # type: ignore[arg-type]


class OverTime(Inline):
    """A sandbox whose clock strikes during every question, and during the pattern number ``at``."""

    def __init__(self, at: int | None) -> None:
        super().__init__()
        self._at = at

    def run(
        self, job: str, arguments: Mapping[str, Any], data: Iterable[bytes], *, more_seconds: int, stop: Stop | None
    ) -> Iterator[bytes]:
        if job == "understand.match_patterns" and arguments["features"]:
            sent: list[bytes] = []
            match_patterns(arguments, b"".join(data), sent.append)
            yield from sent if self._at is None else sent[: self._at + 1]
            if self._at is None:
                return
        raise DocumentTooComplex


def test_where_the_clock_strikes_during_a_pattern_the_pattern_is_named() -> None:
    features = features_for(["total_amount", *({"name": name, "pattern": "[0-9]+"} for name in ("good", "evil", "x"))])
    with pytest.raises(InvalidRequest, match=r"evil\.pattern.*too long") as caught:
        Understander(OverTime(at=1)).entities(Reading((page(0),)), features)  # type: ignore[arg-type]
    assert [detail.field for detail in caught.value.details] == ["evil.pattern"]


@pytest.mark.parametrize("wanted", [["total_amount"], [{"name": "good", "pattern": "[0-9]+"}]])
def test_where_it_is_the_document_that_is_too_much_no_pattern_is_blamed(wanted: list[Any]) -> None:
    with pytest.raises(DocumentTooComplex):
        Understander(OverTime(at=None)).entities(Reading((page(0),)), features_for(wanted))  # type: ignore[arg-type]


class Crowded(Inline):
    """A sandbox whose questions stay until they are let go; it notes how many there were at once."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.inside = threading.Semaphore(0)
        self.now: list[str] = []
        self.most = 0

    def run(self, job: str, *_given: Any, **_named: Any) -> Iterator[bytes]:
        if job == "understand.process":
            yield b'{"classifications": [["invoice", 0.9]], "decisions": []}'
            return
        self.now.append(job)
        self.most = max(self.most, len(self.now))
        self.inside.release()
        assert self.let_go.wait(PATIENCE)
        self.now.remove(job)
        yield b"[]"


def test_questions_leave_places_to_documents_that_arrive() -> None:
    sandbox, reading = Crowded(), Reading((page(0),))
    understander = Understander(sandbox, questions_at_once=2)  # type: ignore[arg-type]

    def ask(_number: int) -> object:
        return understander.classify(reading, None, multi_label=False, threshold=0.0)

    with ThreadPoolExecutor(6) as threads:
        answers = threads.map(ask, range(6))
        for _ in range(2):
            assert sandbox.inside.acquire(timeout=PATIENCE)
        assert understander.process(reading).classifications[0].category == "invoice"
        sandbox.let_go.set()
        assert list(answers) == [()] * 6
    assert sandbox.most == 2


def test_a_child_cannot_make_evidence_up() -> None:
    reading = Reading((page(0),))
    sent: list[bytes] = []
    honest = Inline()
    (decision,) = Understander(honest).entities(reading, FEATURES)  # type: ignore[arg-type]
    assert decision.selected
    other = replace(reading, pages=(page(0, "Total 99.99"),))
    arguments = {"features": [feature_to_json(FEATURES[0])]}
    entities(arguments, pack([encode_frame(other), encode_page(other.pages[0])]), sent.append)
    with pytest.raises(InternalError):
        Understander(Inline(sent[0])).entities(reading, FEATURES)  # type: ignore[arg-type]
