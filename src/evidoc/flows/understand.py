"""Questions to a stored reading, answered in a sandboxed child; what comes back is checked at the gate."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from evidoc.deciding.gate import check
from evidoc.flows.understand_job import packed
from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Decision
from evidoc.kernel.decision_codec import decisions_from_json, feature_to_json
from evidoc.kernel.errors import Detail, DocumentTooComplex, ReaderCrashed
from evidoc.kernel.finding import Feature
from evidoc.kernel.output import summary_from_json
from evidoc.kernel.page_codec import encode_frame, encode_page
from evidoc.kernel.places import Places
from evidoc.kernel.reading import Reading
from evidoc.kernel.stop import Stop
from evidoc.kernel.summary import Summary
from evidoc.reading.sandbox import Sandbox
from evidoc.storing.reading_file import StoredPages
from evidoc.understanding.pattern import too_slow

JOBS: Mapping[str, str] = MappingProxyType(
    {
        "understand.process": "evidoc.flows.understand_job:process",
        "understand.entities": "evidoc.flows.understand_job:entities",
        "understand.classify": "evidoc.flows.understand_job:classify_document",
        "understand.check_patterns": "evidoc.flows.understand_job:check_patterns",
        "understand.match_patterns": "evidoc.flows.understand_job:match_patterns",
        "understand.summarize": "evidoc.flows.understand_job:summarize_document",
        "understand.extract": "evidoc.flows.schema.job:extract_value",
        "understand.categorize": "evidoc.flows.category_questions:categorize_document",
        "understand.split": "evidoc.flows.category_questions:split_document",
    }
)
"""The sandbox's jobs that understanding needs."""

WARM_UPS = ("evidoc.flows.understand_job:warm_up", "evidoc.flows.schema.job:warm_up")
"""What the sandbox should do before the first of them."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What every document is asked: its likeliest types, and the features that documents of its type have."""

    classifications: tuple[Classification, ...] = ()
    decisions: tuple[Decision, ...] = field(default=())


FIRST_PAGES = 20
"""How many pages are looked at where all of them are too much; decisions then say so among their reasons."""

IN_PART = f"only_the_first_{FIRST_PAGES}_pages_were_looked_at"

_SECONDS_A_PAGE = 0.3
_MOST_MORE_SECONDS = 90


class Understander:
    """Asks a reading. Each question raises DocumentTooComplex or ReaderCrashed where the text is too much for it.

    Where a long document is too much as a whole, its first pages are asked for values. ``questions_at_once`` should
    be fewer than the sandbox's places: the others are for documents that arrive, whatever is asked of older ones.
    A question ends with RunCancelled once its ``stop`` is set, whether it waits or is being answered.
    """

    def __init__(self, sandbox: Sandbox, questions_at_once: int = 4) -> None:
        self._sandbox = sandbox
        self._questions = Places(questions_at_once)
        self._long = Places(max(1, questions_at_once - 1))

    def process(self, reading: Reading, stop: Stop | None = None) -> Understood:
        """The document's types, best first, and the built-in features of the best.

        Of a document that is not long this counts as no question, and of long ones a place is left for questions.
        """
        answer, reasons = self._ask_as_much_as_possible("process", reading, {}, stop)
        with _from_child():
            classifications = _classifications(answer["classifications"])
            decisions = decisions_from_json(answer["decisions"])
        return Understood(classifications, _checked(reading, decisions, reasons))

    def entities(self, reading: Reading, features: Sequence[Feature], stop: Stop | None = None) -> tuple[Decision, ...]:
        """One decision for each feature, in order. Raises InvalidRequest that names a pattern which is too much."""
        if not features:
            return ()
        wanted = [feature_to_json(feature) for feature in features]
        try:
            answer, reasons = self._ask_as_much_as_possible("entities", reading, {"features": wanted}, stop)
        except (DocumentTooComplex, ReaderCrashed):
            self._look_for_fault(reading, [feature for feature in features if feature.pattern is not None], stop)
            raise
        with _from_child():
            decisions = decisions_from_json(answer)
            if [decision.finding.feature for decision in decisions] != list(features):
                raise ValueError("these are not the decisions that were asked for")
        return _checked(reading, decisions, reasons)

    def classify(
        self,
        reading: Reading,
        categories: Sequence[str] | None,
        *,
        multi_label: bool,
        threshold: float,
        stop: Stop | None = None,
    ) -> tuple[Classification, ...]:
        """The categories (None: the built-in types) that the document belongs to, likeliest first."""
        names = None if categories is None else list(categories)
        question = {"categories": names, "multi_label": multi_label, "threshold": threshold}
        answer = self._ask("classify", reading, question, stop)
        with _from_child():
            return _classifications(answer)

    def summarize(
        self, reading: Reading, max_length: int, style: str, focus: Sequence[str], stop: Stop | None = None
    ) -> Summary:
        """At most ``max_length`` characters of the document's own sentences."""
        question = {"max_length": max_length, "format": style, "focus": list(focus)}
        answer = self._ask("summarize", reading, question, stop)
        with _from_child():
            return summary_from_json(answer)

    def pattern_faults(self, patterns: Sequence[tuple[str, str]]) -> tuple[Detail, ...]:
        """What is wrong with patterns, given with the paths of their fields: even compiling one may take for ever."""
        if not patterns:
            return ()
        try:
            with self._questions.held():
                answer = b"".join(self._sandbox.run("understand.check_patterns", {"patterns": patterns}, b""))
        except (DocumentTooComplex, ReaderCrashed):
            return tuple(Detail(field, "one of the patterns takes too long to be made ready") for field, _ in patterns)
        with _from_child():
            return tuple(Detail(str(field), str(message)) for field, message in json.loads(answer))

    def ask(
        self, question: str, reading: Reading, arguments: Mapping[str, Any], stop: Stop | None = None
    ) -> tuple[Any, tuple[str, ...]]:
        """What the job ``understand.{question}`` answers, unchecked, and the reasons to add to its values."""
        return self._ask_as_much_as_possible(question, reading, arguments, stop)

    def _ask_as_much_as_possible(
        self, question: str, reading: Reading, arguments: Mapping[str, Any], stop: Stop | None
    ) -> tuple[Any, tuple[str, ...]]:
        try:
            return self._ask(question, reading, arguments, stop), ()
        except DocumentTooComplex:
            if len(reading.pages) <= FIRST_PAGES:
                raise
            return self._ask(question, reading, arguments, stop, FIRST_PAGES), (IN_PART,)

    def _look_for_fault(self, reading: Reading, by_pattern: Sequence[Feature], stop: Stop | None) -> None:
        """Raises InvalidRequest where a caller's pattern is too much for the document, not the document itself."""
        if not by_pattern:
            return
        question = {"features": [feature_to_json(feature) for feature in by_pattern]}
        tried = b""
        try:
            for number in self._results("match_patterns", reading, question, stop):
                tried = number
        except (DocumentTooComplex, ReaderCrashed) as error:
            with _from_child():
                feature = by_pattern[int(tried)]
            raise too_slow(f"{feature.name}.pattern") from error

    def _ask(
        self,
        question: str,
        reading: Reading,
        arguments: Mapping[str, Any],
        stop: Stop | None,
        most_pages: int | None = None,
    ) -> Any:
        answer = b"".join(self._results(question, reading, arguments, stop, most_pages))
        with _from_child():
            return json.loads(answer)

    def _results(
        self,
        question: str,
        reading: Reading,
        arguments: Mapping[str, Any],
        stop: Stop | None,
        most_pages: int | None = None,
    ) -> Iterator[bytes]:
        count = min(len(reading.pages), most_pages or len(reading.pages))
        more_seconds = min(int(count * _SECONDS_A_PAGE), _MOST_MORE_SECONDS)
        with ExitStack() as turns:
            if question == "process" and count > FIRST_PAGES:
                turns.enter_context(self._long.held(stop))
            if question != "process" or count > FIRST_PAGES:
                turns.enter_context(self._questions.held(stop))
            yield from self._sandbox.run(
                f"understand.{question}", arguments, _Packed(reading, count), more_seconds=more_seconds, stop=stop
            )


class _Packed:
    """The first pages of a reading on their way to a job, one at a time."""

    def __init__(self, reading: Reading, count: int) -> None:
        self._reading = reading
        self._count = count

    def __iter__(self) -> Iterator[bytes]:
        return packed(self._parts())

    def _parts(self) -> Iterator[bytes]:
        yield encode_frame(self._reading)
        pages = self._reading.pages
        for index in range(self._count):
            yield pages.part(index) if isinstance(pages, StoredPages) else encode_page(pages[index])


@contextmanager
def _from_child() -> Iterator[None]:
    """What does not have the shape that was asked for comes from a child that the document has taken over."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise ReaderCrashed() from error


def _checked(reading: Reading, decisions: tuple[Decision, ...], reasons: tuple[str, ...]) -> tuple[Decision, ...]:
    """The decisions, once every piece of their evidence holds."""
    check(reading, decisions)
    return tuple(replace(decision, reasons=(*decision.reasons, *reasons)) for decision in decisions)


def _classifications(answer: Sequence[Sequence[Any]]) -> tuple[Classification, ...]:
    return tuple(Classification(str(category), float(confidence)) for category, confidence in answer)
