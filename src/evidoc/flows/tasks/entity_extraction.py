"""Extract values: the features that are named, those that a pattern describes, or those its type usually has."""

from collections.abc import Mapping
from typing import ClassVar

from evidoc.flows.options import Option
from evidoc.flows.task import Work
from evidoc.flows.wanted import check_custom, check_entities, wanted_features
from evidoc.kernel.output import DecisionsOutput


class EntityExtraction:
    """``entities``: names, or objects with name, type, labels, description. ``custom_entities``: name and pattern.

    With neither, the features that documents of this type usually have.
    """

    options: ClassVar[Mapping[str, Option]] = {
        "entities": Option(check_entities),
        "custom_entities": Option(check_custom),
    }

    def run(self, work: Work) -> DecisionsOutput:
        """One decision for each feature. Raises why the document cannot be read or understood."""
        understander, stop = work.house.understander, work.durable.stop
        entities, custom = work.config.get("entities", ()), work.config.get("custom_entities", ())
        if not entities and not custom:
            return work.from_reading(lambda reading: DecisionsOutput(understander.process(reading, stop).decisions))
        features = wanted_features(entities, custom, "config")
        return work.from_reading(lambda reading: DecisionsOutput(understander.entities(reading, features, stop)))
