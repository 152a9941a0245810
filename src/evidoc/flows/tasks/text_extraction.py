"""Give the document's text; pages that are pictures are recognised."""

from collections.abc import Mapping
from typing import ClassVar

from evidoc.flows.options import Option, one_of
from evidoc.flows.render import text_output
from evidoc.flows.task import Work
from evidoc.kernel.output import TextOutput


class TextExtraction:
    """``output_format``: text (the default), json or markdown.

    ``engine``: auto or ocr. Both read printed text as it is and recognise pictures: nothing is gained by
    recognising what can be read.
    """

    options: ClassVar[Mapping[str, Option]] = {
        "output_format": Option(one_of("text", "json", "markdown")),
        "engine": Option(one_of("auto", "ocr")),
    }

    def run(self, work: Work) -> TextOutput:
        """The document's text. Raises why it cannot be read."""
        style = work.config.get("output_format", "text")
        return work.from_reading(lambda reading: text_output(reading, style))
