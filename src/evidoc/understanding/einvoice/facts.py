"""What an e-invoice says: named facts with their place in the XML, and its lines as rows of such facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from evidoc.kernel.finding import FeatureType
from evidoc.understanding.einvoice.paths import Place, first, select


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of the XML: its text, the path of the element (or of the first of several), and a currency or unit.

    ``parts`` are the texts of the single elements where several make the value (an address).
    """

    type: FeatureType
    text: str
    path: str
    unit: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EInvoice:
    """An e-invoice or e-order. ``facts`` maps a name to its values, ``lines`` a column name to its value, by row."""

    attachment: str
    facts: Mapping[str, tuple[Fact, ...]]
    lines: tuple[Mapping[str, Fact], ...]
    lines_path: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands: its type and the paths to try in turn; the first that leads to text wins."""

    type: FeatureType
    paths: tuple[str, ...]
    many: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One family of e-invoice XML: where it keeps its facts, parties and lines."""

    facts: Mapping[str, Source]
    line: str
    cells: Mapping[str, Source]
    currency: tuple[str, ...]
    address: tuple[str, ...]
    addresses: Mapping[str, str]
    clean_date: Callable[[str], str] = field(default=lambda text: text)


def facts_of(root: Place, vocabulary: Vocabulary) -> dict[str, tuple[Fact, ...]]:
    """The facts of the document as a whole."""
    currency = next((place.text for path in vocabulary.currency if (place := first(root, path))), None)
    found: dict[str, tuple[Fact, ...]] = {}
    for name, source in vocabulary.facts.items():
        values = _facts(root, source, vocabulary, currency)
        if values:
            found[name] = values
    for name, path in vocabulary.addresses.items():
        address = _address(root, path, vocabulary.address)
        if address:
            found[name] = (address,)
    return found


def lines_of(root: Place, vocabulary: Vocabulary) -> tuple[Mapping[str, Fact], ...]:
    """One mapping of column name to fact for each line of the document."""
    currency = next((place.text for path in vocabulary.currency if (place := first(root, path))), None)
    rows = []
    for line in select(root, vocabulary.line):
        row = {
            name: values[0]
            for name, source in vocabulary.cells.items()
            if (values := _facts(line, source, vocabulary, currency))
        }
        if row:
            rows.append(row)
    return tuple(rows)


def _facts(start: Place, source: Source, vocabulary: Vocabulary, currency: str | None) -> tuple[Fact, ...]:
    for path in source.paths:
        places = [place for place in select(start, path) if place.text]
        if source.type is FeatureType.MONEY:
            places = _in_currency(places, currency)
        if places:
            kept = places if source.many else places[:1]
            return tuple(_fact(place, source.type, vocabulary, currency) for place in kept)
    return ()


def _fact(place: Place, kind: FeatureType, vocabulary: Vocabulary, currency: str | None) -> Fact:
    if kind is FeatureType.MONEY:
        return Fact(kind, place.text, place.path, place.element.get("currencyID") or currency)
    if kind is FeatureType.DATE:
        return Fact(kind, vocabulary.clean_date(place.text), place.path)
    return Fact(kind, place.text, place.path, place.element.get("unitCode"))


def _in_currency(places: Sequence[Place], currency: str | None) -> list[Place]:
    """Those in the document's own currency first: a total may stand a second time in the currency of accounting."""
    return sorted(places, key=lambda place: (place.element.get("currencyID") or currency) != currency)


def _address(root: Place, path: str, parts: Sequence[str]) -> Fact | None:
    """Street lines, then postcode and city, as an envelope has them; the country's code is no part of the text."""
    for address in select(root, path):
        lines = [" ".join(place.text for name in part.split(" ") if (place := first(address, name))) for part in parts]
        lines = [line for line in lines if line]
        if lines:
            return Fact(FeatureType.ADDRESS, "\n".join(lines), address.path, parts=tuple(lines))
    return None
