"""What is wanted, as callers write it, made into features: names, or mappings with type, labels and so on."""

from collections.abc import Mapping, Sequence
from typing import Any

from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.finding import Feature, FeatureType
from evidoc.understanding.wish import labels_from_name, type_from_name

DEFAULT_FEATURES: Mapping[str, tuple[str, ...]] = {
    "invoice": (
        "vendor_name",
        "invoice_number",
        "invoice_date",
        "due_date",
        "customer_name",
        "net_amount",
        "tax_amount",
        "total_amount",
        "currency",
        "line_items",
    ),
    "receipt": ("vendor_name", "vendor_address", "date", "total_amount", "currency"),
}
"""Document type to the features that are looked for when nobody asked for any."""


def features_for(wanted: Sequence[str | Mapping[str, Any]]) -> tuple[Feature, ...]:
    """One feature for each wish, in order. Raises InvalidRequest with one detail for each fault."""
    faults: list[Detail] = []
    features: list[Feature] = []
    for index, wish in enumerate(wanted):
        given = {"name": wish} if isinstance(wish, str) else dict(wish)
        name = str(given.get("name", ""))
        kind = given.get("type")
        if kind is not None and kind not in set(FeatureType):
            faults.append(Detail(f"[{index}].type", f"unknown type {kind!r}"))
            continue
        features.append(
            Feature(
                name=name,
                type=FeatureType(kind) if kind else type_from_name(name),
                labels=tuple(given.get("labels", ())) or labels_from_name(name),
                description=str(given.get("description", "")),
                pattern=given.get("pattern"),
                columns=tuple(given.get("columns", ())),
                many=bool(given.get("many", False)),
            )
        )
    if faults:
        raise InvalidRequest("unknown features", faults)
    return tuple(features)
