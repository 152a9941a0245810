"""Part a file into the documents that it holds: sections of consecutive pages, each of one category."""

from collections.abc import Mapping
from typing import ClassVar

from evidoc.flows.categories import categories_of, check_categories
from evidoc.flows.category_questions import ask_for_sections
from evidoc.flows.options import Option, boolean
from evidoc.flows.task import Work
from evidoc.kernel.output import SectionsOutput


class Split:
    """``categories`` as for categorize. ``include_other`` (false): pages may be of none of them, category "other"."""

    options: ClassVar[Mapping[str, Option]] = {
        "categories": Option(check_categories, required=True),
        "include_other": Option(boolean),
    }

    def run(self, work: Work) -> SectionsOutput:
        """The sections, every page in exactly one. Raises why the document cannot be read."""
        categories = categories_of(work.config["categories"])
        other = work.config.get("include_other", False)
        understander, stop = work.house.understander, work.durable.stop
        return work.from_reading(
            lambda reading: SectionsOutput(ask_for_sections(understander, reading, categories, other, stop))
        )
