"""One common feature of business documents: its names, its type, and what is printed beside it, by language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evidoc.kernel.finding import FeatureType


@dataclass(frozen=True, slots=True)
class Entry:
    """A feature that the catalogue knows.

    ``also`` are other names for it. ``labels`` (language to labels, parted by "|") say clearly what they stand
    beside; ``weak`` ones often stand beside other things too. "No.", "Nr.", "#" and "Number" are alike, and case,
    accents and articles do not count. ``place`` is "first" or "second" where the value may be one end of a
    range; ``side`` is "issuer" or "customer" where it belongs to one party; ``part`` says which amount of a
    sum it is: gross, net, tax, due.
    """

    name: str
    type: FeatureType
    also: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    weak: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    side: str = ""
    part: str = ""

    def all_labels(self) -> tuple[str, ...]:
        """The clear labels of every language, in order."""
        return tuple(label for labels in self.labels.values() for label in labels.split("|"))

    def weak_labels(self) -> tuple[str, ...]:
        """The weak labels of every language, in order."""
        return tuple(label for labels in self.weak.values() for label in labels.split("|"))
