"""How much each signal counts: the one table of the rules. A score is the logistic function of bias + sum of products.

Rows are families of feature types; ``ALL`` holds for each unless its own row says otherwise. Set by hand, checked on
half of the templates of each DEV set; a learned scorer reads the same signals (``Candidate.signals``).
"""

from collections.abc import Mapping
from types import MappingProxyType

from evidoc.kernel.finding import FeatureType

ALL: Mapping[str, float] = MappingProxyType(
    {
        "bias": -4.0,
        "row": 4.6,
        "column": 3.8,
        "both": 1.5,
        "row_rival": -2.6,
        "column_rival": -1.2,
        "colon": 0.3,
        "quality": 1.6,
        "first_page": 0.4,
        "top": 0.4,
        "repeated": 0.6,
        "many": -0.8,
    }
)

FAMILIES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "amount": {"quality": 3.0, "largest": 1.6, "share": 0.6, "cents": 0.6, "currency": 0.3, "top": -0.3, "zero": -1.5, "negative": -0.8, "last_in_column": 0.6, "column_sum": 1.2, "rounded": 0.2, "paid": 0.3,
                   "sums": 0.8},
        "date": {"place": 1.6, "place_clash": -2.0, "ranged": 0.5, "first": 0.5, "top": 0.6, "partial": -1.5, "bias": -3.0},
        "identifier": {"quality": 1.2, "first": 0.2, "whole": 0.6, "extends": 1.2},
        "name": {"whole": 0.6, "quality": 2.2, "head": 0.8, "first": 0.5, "tall": 0.5, "by_address": 0.6, "side": 0.8, "side_clash": -2.0, "sure_form": 0.6},
        "address": {"quality": 2.6, "first": 0.8, "side": 0.8, "side_clash": -2.0, "lines": 0.4},
        "text": {},
        "other": {"quality": 2.4, "first": 0.4},
    }
)  # fmt: skip

FAMILY_OF: Mapping[FeatureType, str] = MappingProxyType(
    {
        FeatureType.MONEY: "amount",
        FeatureType.NUMBER: "amount",
        FeatureType.PERCENT: "other",
        FeatureType.DATE: "date",
        FeatureType.IDENTIFIER: "identifier",
        FeatureType.ORGANIZATION: "name",
        FeatureType.PERSON: "name",
        FeatureType.ADDRESS: "address",
        FeatureType.TEXT: "text",
        FeatureType.BOOLEAN: "text",
    }
)


def weights_for(kind: FeatureType) -> Mapping[str, float]:
    """The weights that hold for features of ``kind``."""
    return {**ALL, **FAMILIES[FAMILY_OF.get(kind, "other")]}
