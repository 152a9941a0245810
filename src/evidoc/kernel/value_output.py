"""A value that fits a JSON Schema with where each of its leaves was read, and a document parted into sections.

Both with their JSON; ``kernel.output`` gathers them with what other tasks give.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Verdict
from evidoc.kernel.decision_codec import value_from_json, value_to_json
from evidoc.kernel.errors import Detail
from evidoc.kernel.finding import Evidence, Value

ONLY_VALUE_ALLOWED = "the_only_value_allowed"
"""The reason of a leaf that the schema leaves no choice about; it was read nowhere."""

NOT_FOUND = "not_found"
"""The reason of a null that stands where the schema requires something and nothing was found."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where one scalar of a value comes from.

    ``value`` is what stands in the document, by the words of ``kernel.finding``; None where the leaf was not read
    from it (a null for what was not found, the one value that the schema allows), which ``reasons`` say.
    """

    verdict: Verdict
    confidence: float
    value: Value | None = None
    reasons: tuple[str, ...] = ()

    @property
    def raw(self) -> str | None:
        """As printed."""
        return self.value.raw if self.value else None

    @property
    def normalized(self) -> str | None:
        """As normalised by ``rule``."""
        return self.value.normalized if self.value else None

    @property
    def rule(self) -> str | None:
        """The rule of ``kernel.normalise`` that leads from one to the other."""
        return self.value.rule if self.value else None

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Where it stands on the pages."""
        return self.value.evidence if self.value else ()


@dataclass(frozen=True, slots=True)
class ValueOutput:
    """What extract gives: ``value`` (JSON) and for each scalar in it, by JSON Pointer, its leaf.

    ``fits`` tells whether ``value`` fits its schema: it does unless the task failed for just that. ``missing`` are
    the pointers of what was asked for and not found, ``left_out`` what was found and did not fit, and why.
    """

    value: Any
    leaves: Mapping[str, Leaf]
    missing: tuple[str, ...] = ()
    left_out: tuple[Detail, ...] = ()
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """Pages ``first_page`` to ``last_page`` (from 0, both included) that belong together, and what they are.

    ``confidence`` is the probability that it begins and ends there and is of that category.
    """

    category: str
    first_page: int
    last_page: int
    confidence: float
    others: tuple[Classification, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionsOutput:
    """What split gives: every page lies in exactly one section, in order."""

    sections: tuple[Section, ...] = field(default=())


def value_output_to_json(output: ValueOutput) -> dict[str, Any]:
    """The JSON value of a value with its leaves."""
    return {
        "kind": "value",
        "value": output.value,
        "leaves": {pointer: leaf_to_json(leaf) for pointer, leaf in output.leaves.items()},
        "missing": list(output.missing),
        "left_out": [[detail.field, detail.message] for detail in output.left_out],
        "fits": output.fits,
    }


def value_output_from_json(value: Mapping[str, Any]) -> ValueOutput:
    """What ``value_output_to_json`` made. Raises ValueError, KeyError or TypeError for anything else."""
    return ValueOutput(
        value=value["value"],
        leaves={str(pointer): leaf_from_json(leaf) for pointer, leaf in value["leaves"].items()},
        missing=tuple(str(pointer) for pointer in value["missing"]),
        left_out=tuple(Detail(str(pointer), str(message)) for pointer, message in value["left_out"]),
        fits=bool(value["fits"]),
    )


def leaf_to_json(leaf: Leaf) -> dict[str, Any]:
    """The JSON value of a leaf."""
    return {
        "verdict": leaf.verdict.value,
        "confidence": leaf.confidence,
        "value": value_to_json(leaf.value) if leaf.value else None,
        "reasons": list(leaf.reasons),
    }


def leaf_from_json(value: Mapping[str, Any]) -> Leaf:
    """What ``leaf_to_json`` made."""
    return Leaf(
        verdict=Verdict(value["verdict"]),
        confidence=float(value["confidence"]),
        value=value_from_json(value["value"]) if value["value"] else None,
        reasons=tuple(map(str, value["reasons"])),
    )


def sections_to_json(output: SectionsOutput) -> dict[str, Any]:
    """The JSON value of a parted document."""
    return {
        "kind": "sections",
        "sections": [
            [
                section.category,
                section.first_page,
                section.last_page,
                section.confidence,
                [[other.category, other.confidence] for other in section.others],
            ]
            for section in output.sections
        ],
    }


def sections_from_json(value: Mapping[str, Any]) -> SectionsOutput:
    """What ``sections_to_json`` made."""
    return SectionsOutput(
        tuple(
            Section(
                str(category), int(first), int(last), float(confidence), tuple(Classification(*one) for one in others)
            )
            for category, first, last, confidence, others in value["sections"]
        )
    )
