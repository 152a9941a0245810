"""Put several values together: what tasks gave, the items of a list, or what a flow gave for each section."""

from collections.abc import Mapping
from typing import ClassVar

from evidoc.flows.given import all_given
from evidoc.flows.options import Option, one_of
from evidoc.flows.sources import check_sources
from evidoc.flows.task import Work
from evidoc.flows.values import concatenated, merged, plain, spread
from evidoc.kernel.output import ValueOutput

STRATEGIES = ("merge", "concatenate", "first", "last")


class Combine:
    """``from``: the tasks to take values from. ``strategy``: merge (the default), concatenate, first or last.

    One source that gave a list stands for its items, and one that ran a flow for each section for what that gave.
    Merging puts the keys of all objects into one, the later counts; concatenating makes one list.
    """

    options: ClassVar[Mapping[str, Option]] = {
        "from": Option(check_sources, required=True),
        "strategy": Option(one_of(*STRATEGIES)),
    }

    def run(self, work: Work) -> ValueOutput:
        """The value; null (or an empty list, concatenated) where there is nothing to combine."""
        parts = spread(all_given(work, work.config["from"]))
        strategy = work.config.get("strategy", "merge")
        if strategy == "concatenate":
            return concatenated(parts)
        if not parts:
            return plain(None)
        return merged(parts) if strategy == "merge" else parts[0 if strategy == "first" else -1]
