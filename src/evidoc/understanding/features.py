"""What is wanted, as callers write it, made into features: names, or mappings with type, labels and so on."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.finding import Feature, FeatureType
from evidoc.understanding.clause_features import means_many
from evidoc.understanding.wish import labels_from_name, type_from_name

_PARTIES = ("vendor_name", "vendor_vat_id", "customer_name")
_AMOUNTS = ("net_amount", "tax_amount", "total_amount", "currency")

DEFAULT_FEATURES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "invoice": (
            *("invoice_number", "invoice_date", "due_date", "order_number"),
            *(*_PARTIES, *_AMOUNTS, "iban", "line_items"),
        ),
        "credit_note": ("invoice_number", "invoice_date", *_PARTIES, *_AMOUNTS, "line_items"),
        "receipt": ("vendor_name", "vendor_address", "date", "total_amount", "tax_amount", "currency"),
        "purchase_order": ("purchase_order_number", "order_date", "delivery_date", *_PARTIES, *_AMOUNTS, "line_items"),
        "quote": ("project_number", "date", "expiry_date", *_PARTIES, *_AMOUNTS, "line_items"),
        "payslip": ("employee_name", "employer_name", "period_from", "period_to", "gross_pay", "net_pay"),
        "order": ("order_number", "order_date", "delivery_date", *_PARTIES, *_AMOUNTS, "line_items"),
        "delivery_note": (
            "delivery_note_number",
            "delivery_date",
            "order_number",
            "vendor_name",
            "customer_name",
            "line_items",
        ),
        "advertising_order": ("contract_number", "advertiser", "agency", "gross_amount", "flight_from", "flight_to"),
        "bank_statement": ("account_number", "iban", "period_from", "period_to", "currency"),
        "insurance_claim": ("claim_number", "policy_number", "incident_date", "insured_name", "claim_amount"),
        "claim_form": ("claim_number", "policy_number", "incident_date", "insured_name", "claim_amount"),
        "insurance_policy": ("policy_number", "policy_start_date", "policy_end_date", "insured_name", "premium"),
        "registration_form": ("registration_number", "registrant_name", "file_date", "signer_name"),
        "contract": ("parties", "effective_date", "expiration_date", "governing_law"),
        "nda": ("parties", "effective_date", "term", "governing_law"),
    }
)
"""Document type to the features that are looked for when nobody asked for any."""

_TYPES: Mapping[str, FeatureType] = MappingProxyType(
    {kind.value: kind for kind in FeatureType}
    | {
        "string": FeatureType.TEXT,
        "amount": FeatureType.MONEY,
        "integer": FeatureType.NUMBER,
        "float": FeatureType.NUMBER,
        "decimal": FeatureType.NUMBER,
        "percentage": FeatureType.PERCENT,
        "id": FeatureType.IDENTIFIER,
        "organisation": FeatureType.ORGANIZATION,
        "company": FeatureType.ORGANIZATION,
        "name": FeatureType.PERSON,
        "bool": FeatureType.BOOLEAN,
        "regex": FeatureType.PATTERN,
    }
)
_LONGEST_NAME = 200
_MOST_LABELS = 100


def features_for(wanted: Sequence[str | Mapping[str, Any]]) -> tuple[Feature, ...]:
    """One feature for each wish, in order: a name, or a mapping with name and optionally type, labels, description,
    pattern, columns, many. What is not said follows from the name (see ``wish``).

    Raises InvalidRequest with one detail for each fault, by its path from the list (``[0].type``).
    """
    faults: list[Detail] = []
    features = [
        _feature({"name": wish} if isinstance(wish, str) else wish, f"[{index}]", faults)
        for index, wish in enumerate(wanted)
    ]
    if faults:
        raise InvalidRequest("The features asked for are not all understood", faults)
    return tuple(feature for feature in features if feature is not None)


def _feature(given: object, path: str, faults: list[Detail]) -> Feature | None:
    if not isinstance(given, Mapping):
        faults.append(Detail(path, "must be a name or an object with a name"))
        return None
    before = len(faults)
    name = given.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        faults.append(Detail(f"{path}.name", f"must be a text of 1 to {_LONGEST_NAME} characters"))
    kind = given.get("type")
    if kind is not None and (not isinstance(kind, str) or kind.lower() not in _TYPES):
        faults.append(Detail(f"{path}.type", f"must be one of {', '.join(FeatureType)}"))
    labels, columns = (_texts(given, key, path, faults) for key in ("labels", "columns"))
    pattern = given.get("pattern")
    if pattern is not None and not isinstance(pattern, str):
        faults.append(Detail(f"{path}.pattern", "must be a text"))
    if len(faults) > before:
        return None
    name = str(name)
    return Feature(
        name=name,
        type=_TYPES[kind.lower()] if kind else FeatureType.PATTERN if pattern else type_from_name(name),
        labels=labels or labels_from_name(name),
        description=str(given.get("description") or ""),
        pattern=pattern,
        columns=columns,
        many=bool(given.get("many", means_many(name))),
    )


def _texts(given: Mapping[str, Any], key: str, path: str, faults: list[Detail]) -> tuple[str, ...]:
    texts = given.get(key) or ()
    if isinstance(texts, str) or not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        faults.append(Detail(f"{path}.{key}", "must be a list of texts"))
        return ()
    if len(texts) > _MOST_LABELS:
        faults.append(Detail(f"{path}.{key}", f"must have at most {_MOST_LABELS} texts"))
    return tuple(texts)
