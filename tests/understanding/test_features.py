import pytest

from evidoc.kernel.errors import InvalidRequest
from evidoc.kernel.finding import FeatureType
from evidoc.understanding.features import DEFAULT_FEATURES, features_for
from evidoc.understanding.wish import wish_for


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("invoice_number", FeatureType.IDENTIFIER),
        ("Rechnungsnummer", FeatureType.IDENTIFIER),
        ("dueDate", FeatureType.DATE),
        ("total", FeatureType.MONEY),
        ("company", FeatureType.ORGANIZATION),
        ("vat_id", FeatureType.VAT_ID),
        ("policy_start_date", FeatureType.DATE),
        ("coverage_from", FeatureType.DATE),
        ("parcel_no", FeatureType.IDENTIFIER),
        ("repair_cost", FeatureType.MONEY),
        ("witness_name", FeatureType.PERSON),
        ("carrier_name", FeatureType.ORGANIZATION),
        ("pickup_address", FeatureType.ADDRESS),
        ("driver_phone", FeatureType.PHONE),
        ("is_taxable", FeatureType.BOOLEAN),
        ("favourite_colour", FeatureType.TEXT),
    ],
)
def test_a_name_tells_its_type(name: str, kind: FeatureType) -> None:
    (feature,) = features_for([name])
    assert (feature.name, feature.type) == (name, kind)
    assert feature.labels


def test_what_the_caller_says_comes_first() -> None:
    (feature,) = features_for(
        [{"name": "total", "type": "text", "labels": ["Sum of it all"], "description": "d", "many": True}]
    )
    assert (feature.type, feature.labels, feature.description, feature.many) == (
        FeatureType.TEXT,
        ("Sum of it all",),
        "d",
        True,
    )
    keys = wish_for(feature).keys
    assert keys["sum", "it", "all"] == max(keys.values())


def test_labels_of_the_same_meaning_are_one() -> None:
    (feature,) = features_for(["invoice_number"])
    assert ("invoice", "#") in wish_for(feature).keys
    assert ("rechnungs", "#") in wish_for(feature).keys


def test_an_unknown_name_knows_its_end_of_a_range() -> None:
    first, second = (wish_for(feature) for feature in features_for(["flight_from", "flight_to"]))
    assert (first.place, second.place) == ("first", "second")
    assert ("flight", "dates") in first.keys
    assert ("flight", "start") in first.keys


def test_every_fault_is_named_by_its_path() -> None:
    with pytest.raises(InvalidRequest) as raised:
        features_for(["total", {"name": "x", "type": "colour"}, {"name": "y", "type": "nothing"}])
    assert [detail.field for detail in raised.value.details] == ["[1].type", "[2].type"]


def test_default_features_are_understood() -> None:
    for names in DEFAULT_FEATURES.values():
        assert [feature.name for feature in features_for(names)] == list(names)
