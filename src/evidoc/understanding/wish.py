"""What a feature means to the rules: labels with their strength, the end of a range, the party, the part of a sum.

Known names come from the catalogue. Unknown ones are understood from their words: ``policy_start_date`` is a date,
the first of a range, near "policy start date", "policy start", "policy period"; ``parcel_id`` an identifier near
"parcel #".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidoc.kernel.finding import Feature, FeatureType
from evidoc.understanding.catalogue.entry import Entry
from evidoc.understanding.lookup import entry_for, labels_of_all, words_of
from evidoc.understanding.tokens import key_of

_HEADS: Mapping[str, FeatureType] = {
    word: kind
    for kind, words in {
        FeatureType.DATE: "date dates day dated datum fecha data deadline dob birthday",
        FeatureType.IDENTIFIER: "no num number nr id code ref reference identifier nummer numero key "
        "serial sku pin imei vin",
        FeatureType.MONEY: "amount total sum price cost costs fee fees balance gross net tax premium salary wage "
        "payment deposit rent betrag montant importe bedrag charge charges budget revenue income "
        "turnover subtotal discount value commission",
        FeatureType.PERCENT: "percent percentage pct rate ratio",
        FeatureType.ADDRESS: "address adresse direccion adres indirizzo",
        FeatureType.EMAIL: "email mail",
        FeatureType.PHONE: "phone tel telephone fax mobile cell",
        FeatureType.URL: "url website web homepage link",
        FeatureType.IBAN: "iban",
        FeatureType.BIC: "bic swift",
        FeatureType.VAT_ID: "vatid",
        FeatureType.CURRENCY: "currency",
        FeatureType.COUNTRY: "country nationality citizenship",
        FeatureType.DURATION: "duration term terms period validity",
        FeatureType.NUMBER: "count quantity qty age pages weight volume area size units hours days mileage",
        FeatureType.ORGANIZATION: "company vendor supplier seller buyer customer client employer bank insurer carrier "
        "agency organization organisation landlord tenant lessor lessee licensor licensee party "
        "registrant manufacturer contractor",
        FeatureType.PERSON: "person signer signatory employee patient applicant driver author contact director "
        "manager insured claimant",
        FeatureType.TABLE: "items lines rows table positions",
    }.items()
    for word in words.split()
}  # fmt: skip
_PEOPLE = frozenset(
    "signer signatory contact employee patient person first last full given family applicant driver author "
    "director manager claimant insured "
    "witness doctor student father mother spouse user holder representative".split()
)
_FIRST = frozenset("from start begin starting beginning inception commencement first since open opening".split())
_SECOND = frozenset("to end until till ending thru through expiry expiration last finish close closing".split())
_CUSTOMER = frozenset(
    "customer client buyer recipient purchaser billing bill payer consignee advertiser tenant".split()
)
_ISSUER = frozenset("vendor seller supplier issuer merchant company biller sender store shop provider".split())
_PERIODS = ("period", "dates", "date", "term")

CLEAR, WEAK = 1.0, 0.6
_DUE = 0.85
"""What a label of the amount due counts for where the gross total is wanted: payments may have come between."""

_OWN_FADE, _OWN_LEAST = 0.02, 0.86
_BESIDE_OWN = 0.55
"""What a catalogue label counts for where the caller has given labels."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A feature as the rules look for it. ``keys`` are label keys with their strength, 0 to 1."""

    feature: Feature
    keys: Mapping[tuple[str, ...], float]
    entry: Entry | None
    place: str = ""
    side: str = ""
    part: str = ""

    @property
    def type(self) -> FeatureType:
        """The kind of value."""
        return self.feature.type


def wish_for(feature: Feature) -> Wish:
    """What the rules look for when ``feature`` is wanted."""
    entry = entry_for(feature.name)
    words = words_of(feature.name)
    keys: dict[tuple[str, ...], float] = {}
    from_catalogue = entry is not None and feature.labels == entry.all_labels()
    if feature.labels and not from_catalogue:
        for number, label in enumerate(feature.labels):
            _put(keys, label, max(CLEAR - _OWN_FADE * number, _OWN_LEAST))
    scale = _BESIDE_OWN if keys else 1.0
    if entry is not None:
        for label in entry.all_labels():
            due = entry.part == "gross" and "amount_due" in labels_of_all().get(key_of(label), ())
            _put(keys, label, (_DUE if due else CLEAR) * scale)
        for label in entry.weak_labels():
            _put(keys, label, WEAK * scale)
    else:
        for label, strength in _own_labels(words, feature.type):
            _put(keys, label, strength * scale)
    return Wish(
        feature,
        keys,
        entry,
        place=(entry.place if entry else "") or _place(words, feature.type),
        side=(entry.side if entry else "") or _side(words),
        part=entry.part if entry and entry.type is feature.type else "",
    )


def type_from_name(name: str) -> FeatureType:
    """The kind of value that a name asks for: the catalogue's, else by its head noun, else text."""
    entry = entry_for(name)
    if entry is not None:
        return entry.type
    words = words_of(name)
    if not words:
        return FeatureType.TEXT
    if words[0] in ("is", "has") and len(words) > 1:
        return FeatureType.BOOLEAN
    last = words[-1]
    if last == "name" or (len(words) > 1 and words[0] == "name"):
        return FeatureType.PERSON if set(words) & _PEOPLE else FeatureType.ORGANIZATION
    if last in _FIRST | _SECOND:
        return _HEADS.get(words[-2], FeatureType.DATE) if len(words) > 1 and words[-2] in _HEADS else FeatureType.DATE
    if "vat" in words and last in ("id", "no", "number", "num", "nr"):
        return FeatureType.VAT_ID
    return _HEADS.get(last) or _HEADS.get(last.removesuffix("s")) or FeatureType.TEXT


def labels_from_name(name: str) -> tuple[str, ...]:
    """What may be printed beside a feature of that name: the catalogue's clear labels, else the name's own words."""
    entry = entry_for(name)
    if entry is not None:
        return entry.all_labels()
    return tuple(label for label, strength in _own_labels(words_of(name), type_from_name(name)) if strength >= WEAK)


def _own_labels(words: Sequence[str], kind: FeatureType) -> list[tuple[str, float]]:
    if not words:
        return []
    whole = " ".join(words)
    labels = [(whole, CLEAR)]
    core = [word for word in words if word not in _FIRST | _SECOND or len(words) == 1]
    last = words[-1]
    if kind is FeatureType.DATE and _place(words, kind):
        core = [word for word in core if word not in ("date", "day")]
        if core:
            subject = " ".join(core)
            start = words[-1] in _FIRST or any(word in _FIRST for word in words)
            labels += [
                (f"{subject} {word}", CLEAR)
                for word in (("start", "from", "begin") if start else ("end", "to", "until"))
            ]
            labels += [(f"{subject} {'start' if start else 'end'} date", CLEAR)]
            labels += [(f"{subject} {word}", 0.95) for word in _PERIODS]
            labels.append((subject, 0.8))
            labels += [("start date" if start else "end date", 0.45), ("period", 0.5), ("dates", 0.5)]
        return labels
    if last == "name" and len(words) > 1:
        subject = " ".join(words[:-1])
        labels += [(f"name of {subject}", CLEAR), (f"name of the {subject}", CLEAR), (subject, 0.9)]
    elif _HEADS.get(last) is FeatureType.IDENTIFIER and len(words) > 1:
        subject = " ".join(words[:-1])
        labels += [(f"{subject} number", CLEAR), (f"{subject} id", CLEAR), (f"{subject} code", 0.9), (subject, 0.75)]
    elif kind in (FeatureType.MONEY, FeatureType.ADDRESS, FeatureType.DATE, FeatureType.PHONE) and len(words) > 1:
        subject = " ".join(words[:-1])
        labels += [(f"{last} of {subject}", 0.9), (f"total {subject}", 0.7), (subject, 0.6)]
    for cut in range(1, len(words)):
        tail = entry_for("_".join(words[cut:]))
        if tail is not None:
            labels += [(label, 0.55) for label in tail.all_labels()]
            break
    return labels


def _put(keys: dict[tuple[str, ...], float], label: str, strength: float) -> None:
    key = key_of(label)
    if key and strength > keys.get(key, 0.0):
        keys[key] = strength


def _place(words: Sequence[str], kind: FeatureType) -> str:
    if kind is not FeatureType.DATE:
        return ""
    if any(word in _FIRST for word in words):
        return "first"
    return "second" if any(word in _SECOND for word in words) else ""


def _side(words: Sequence[str]) -> str:
    if any(word in _CUSTOMER for word in words):
        return "customer"
    return "issuer" if any(word in _ISSUER for word in words) else ""
