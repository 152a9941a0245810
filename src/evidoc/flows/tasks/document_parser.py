"""Read the document, and give its text page by page, as one text, or as Markdown."""

from collections.abc import Mapping
from typing import ClassVar

from evidoc.flows.options import Option, one_of
from evidoc.flows.render import text_output
from evidoc.flows.task import Work
from evidoc.kernel.output import TextOutput


class DocumentParser:
    """``output_format``: json (the default), text or markdown."""

    options: ClassVar[Mapping[str, Option]] = {"output_format": Option(one_of("json", "text", "markdown"))}

    def run(self, work: Work) -> TextOutput:
        """The document's text. Raises why it cannot be read."""
        style = work.config.get("output_format", "json")
        return work.from_reading(lambda reading: text_output(reading, style))
