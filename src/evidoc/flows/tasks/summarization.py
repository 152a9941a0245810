"""Sum the document up in its own sentences."""

from collections.abc import Mapping
from typing import ClassVar

from evidoc.flows.options import Option, list_of, one_of, text, whole_number
from evidoc.flows.task import Work
from evidoc.kernel.output import SummaryOutput

SUMMARY_FORMATS = ("paragraph", "bullets", "bullet_points", "list")
MOST_SUMMARY_CHARACTERS = 100_000
MOST_FOCUS = 20


class Summarization:
    """``max_length`` in characters (500), ``format`` (paragraph), ``focus``: topics whose sentences are preferred."""

    options: ClassVar[Mapping[str, Option]] = {
        "max_length": Option(whole_number(1, MOST_SUMMARY_CHARACTERS)),
        "format": Option(one_of(*SUMMARY_FORMATS)),
        "focus": Option(list_of(text(200), MOST_FOCUS)),
    }

    def run(self, work: Work) -> SummaryOutput:
        """The summary and the key points. Raises why the document cannot be read."""
        style = work.config.get("format", "paragraph")
        longest, focus = work.config.get("max_length", 500), work.config.get("focus", ())
        summarize, stop = work.house.understander.summarize, work.durable.stop
        return work.from_reading(lambda reading: SummaryOutput(summarize(reading, longest, style, focus, stop), style))
