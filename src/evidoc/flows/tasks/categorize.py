"""Say which one of the given categories the document belongs to."""

from collections.abc import Mapping
from typing import ClassVar

from evidoc.flows.categories import categories_of, check_categories
from evidoc.flows.category_questions import ask_for_category
from evidoc.flows.options import Option
from evidoc.flows.task import Work
from evidoc.kernel.output import ClassificationOutput


class Categorize:
    """``categories``: names, or objects with name and description, whose words count as signs of the category."""

    options: ClassVar[Mapping[str, Option]] = {"categories": Option(check_categories, required=True)}

    def run(self, work: Work) -> ClassificationOutput:
        """Every category, the one it belongs to first. Raises why the document cannot be read."""
        categories = categories_of(work.config["categories"])
        understander, stop = work.house.understander, work.durable.stop
        return work.from_reading(
            lambda reading: ClassificationOutput(ask_for_category(understander, reading, categories, stop))
        )
