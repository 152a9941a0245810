"""Go on with what one of several branches gave."""

from collections.abc import Mapping
from typing import ClassVar

from evidoc.flows.options import Option
from evidoc.flows.sources import check_sources
from evidoc.flows.task import Work
from evidoc.flows.values import plain
from evidoc.kernel.output import TaskOutput


class Join:
    """``from``: the tasks that end the branches. Where several were taken, the first of them counts.

    The task needs "any" of them; it is left out where all of them were.
    """

    options: ClassVar[Mapping[str, Option]] = {"from": Option(check_sources, required=True)}

    def run(self, work: Work) -> TaskOutput:
        """What that branch gave, as it gave it."""
        taken = (work.before.get(name) for name in work.config["from"])
        return next((output for output in taken if output is not None), plain(None))
