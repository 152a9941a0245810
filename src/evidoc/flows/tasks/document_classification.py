"""Say which kind of document it is: among the categories given, or the built-in types."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from evidoc.flows.options import Option, boolean, list_of, number, text
from evidoc.flows.task import Work
from evidoc.kernel.output import ClassificationOutput


class DocumentClassification:
    """``categories`` (the built-in types where not given), ``multi_label``, ``confidence_threshold`` (0 to 1)."""

    options: ClassVar[Mapping[str, Option]] = {
        "categories": Option(list_of(text(200), 200, 1)),
        "multi_label": Option(boolean),
        "confidence_threshold": Option(number(0, 1)),
    }

    def run(self, work: Work) -> ClassificationOutput:
        """The categories that reach the threshold, likeliest first. Raises why the document cannot be read."""
        classify = partial(
            work.house.understander.classify,
            categories=work.config.get("categories"),
            multi_label=work.config.get("multi_label", False),
            threshold=work.config.get("confidence_threshold", 0.0),
            stop=work.durable.stop,
        )
        return work.from_reading(lambda reading: ClassificationOutput(classify(reading)))
