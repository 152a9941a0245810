# ruff: noqa: E501 (a table: one row a family)
"""How much each signal counts: the one table of the rules. A score is the logistic function of bias + sum of products.

Rows are families of feature types; ``ALL`` holds for each unless its own row says otherwise. Set by hand,
then moved part of the way to a linear fit on the DEV sets, which a comparison of halves (by template) checked; a
learned scorer reads the same signals (``Candidate.signals``).
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
        "amount": {"quality": 3.1, "row": 4.75, "column": 3.6, "largest": 1.6, "share": 1.1, "cents": 0.8, "currency": 0.3,
                   "top": -0.3, "zero": -1.5, "negative": -0.8, "last_in_column": 0.5, "column_sum": 1.3, "rounded": 1.2, "unrounded": -1.0,
                   "paid": 1.0, "sums": 1.3, "sums_clash": -2.2, "whole": 0.4, "colon": 0.5, "last_page": 0.2, "repeated": 0.4},
        "date": {"bias": -3.0, "row": 5.0, "place": 2.0, "place_clash": -2.2, "first": 0.4, "top": 1.2, "partial": -1.5,
                 "whole": -0.4, "many": -1.2, "repeated": 0.1},
        "identifier": {"row": 5.2, "column": 4.9, "quality": 2.5, "first": 0.8, "first_page": 0.8, "whole": 0.7, "extends": 1.8,
                       "top": 0.8, "many": -1.1, "repeated": -0.2, "colon": 0.0, "bias": -6.0},
        "name": {"quality": 3.0, "column": 4.4, "whole": 0.8, "first": 1.9, "tall": 0.5, "top": 0.8, "side": 1.0,
                 "side_clash": -2.0, "sure_form": 1.5, "heads": 2.4, "lines": 2.0, "domain": 1.8, "colon": 0.6, "bias": -6.0},
        "address": {"quality": 3.2, "row": 4.1, "column": 3.6, "first": 2.0, "top": 1.0, "side": 0.7, "side_clash": -2.0,
                    "lines": 1.7, "colon": 0.0, "bias": -6.0},
        "text": {"whole": 0.4},
        "other": {"quality": 2.4, "first": 0.4, "side": 1.0, "side_clash": -2.0, "sideless": -1.5},
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
