"""Named facts about a value as the answer to a wish: first those of its own surroundings, then those among its like."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from evidoc.kernel.finding import FeatureType
from evidoc.understanding.labels import Occurrence
from evidoc.understanding.links import Link, Links
from evidoc.understanding.lookup import type_of_entry
from evidoc.understanding.page_view import PageView
from evidoc.understanding.recognisers.names import organization_fit
from evidoc.understanding.recognisers.spot import Spot
from evidoc.understanding.wish import Wish

_WITHIN = 0.35
"""What a label counts for that is only part of a longer one."""

_FOREIGN = 0.55
"""What a label that nothing knows counts for as a rival."""

_NAMES = frozenset({FeatureType.ORGANIZATION, FeatureType.PERSON, FeatureType.ADDRESS, FeatureType.TEXT})
_NUMBERS = frozenset({FeatureType.MONEY, FeatureType.NUMBER, FeatureType.PERCENT})
_SURE_AMOUNT = 0.55
_SHORTEST_STEM, _LONGEST_ENDING = 4, 3
_MOST_COMPARED = 400
_LARGEST_ROUNDING, _ROUND_TO = 5, 5
_CLEAR, _CLEARLY = 0.3, 0.5
_WHOLE_PARTS = frozenset({"", "gross", "due"})
_NUMBERED = re.compile(r"^ ?\(?[ A-Za-z.:]{0,8}\d[\d ]{2,12}-? ?[A-Z]{0,2}\)?\W*$")
_WITH_CENTS = 0.9
_PARTS = {
    "tax": frozenset({"tax_amount", "discount_amount", "shipping_amount"}),
    "rounding": frozenset({"rounding_amount"}),
    "cash": frozenset({"amount_paid"}),
    "change": frozenset({"change_amount"}),
}
_LARGEST_TAX = 0.3


@dataclass(slots=True)
class Sighting:
    """A value on a page as the answer to a wish, with its signals.

    ``column_label`` is the wish's label above it; ``labelled`` are the catalogue's features whose label is nearest.
    """

    page_index: int
    spot: Spot
    signals: dict[str, float] = field(default_factory=dict)
    column_label: tuple[int, int] | None = None
    box_top: float = 0.0
    labelled: frozenset[str] = frozenset()


def sight(
    view: PageView, number: int, wish: Wish, spot: Spot, links: Links, heading: Occurrence | None, page_count: int
) -> Sighting:
    """The value with the signals of its own place: labels, rivals, position."""
    row, row_rival, row_label = _best(number, wish, spot, links.row)
    column, column_rival, column_label = _best(number, wish, spot, links.column)
    box = view.page.box_of(spot.start, spot.end)
    index = view.page.index
    signals = {
        "row": row,
        "column": column,
        "both": min(row, column),
        "row_rival": row_rival * (1.0 - 0.6 * column),
        "column_rival": column_rival * (1.0 - row),
        "colon": float(row_label is not None and row_label.colon),
        "quality": spot.quality,
        "first_page": float(index == 0),
        "last_page": float(index == page_count - 1),
        "top": max(1.0 - box.y0 / max(view.page.height, 1.0), 0.0),
        "tall": min(max((box.y1 - box.y0) / (len(spot.spans) * view.usual_height) - 1.0, 0.0), 2.0) / 2.0,
        "lines": min(len(spot.spans) - 1, 4) / 4.0,
    }
    signals["whole"] = _whole(view, spot, row_label)
    if wish.place and spot.type is FeatureType.DATE:
        signals["place"] = float(spot.place == wish.place)
        signals["place_clash"] = float(bool(spot.place) and spot.place != wish.place)
    elif spot.type is FeatureType.DATE:
        signals["ranged_only"] = float(bool(spot.place))
    if spot.type is FeatureType.DATE:
        signals["partial"] = float(len(spot.normalized) < len("2020-01-01"))
    if spot.type in _NUMBERS:
        signals["cents"] = float(spot.quality >= 0.9)
        signals["currency"] = float(spot.unit is not None)
        signals["zero"] = float(spot.normalized.strip("0.-") == "")
        signals["negative"] = float(spot.normalized.startswith("-"))
    if spot.type is FeatureType.ORGANIZATION:
        signals["sure_form"] = float(organization_fit(_flat(view, spot)) == 1.0)
    if wish.side:
        sides = _sides(heading)
        signals["side"] = float(wish.side in sides)
        signals["side_clash"] = float(bool(sides) and wish.side not in sides)
        if wish.side == "customer":
            signals["sideless"] = float(not sides)
    place = (column_label.segment, column_label.first) if column_label else None
    return Sighting(index, spot, signals, place, box.y0, _nearest(links))


def _sides(heading: Occurrence | None) -> set[str]:
    if heading is None:
        return set()
    entries = [type_of_entry()[name] for name in heading.entries]
    return {entry.side for entry in entries if entry.side and entry.type in _NAMES}


def _nearest(links: Links) -> frozenset[str]:
    names: set[str] = set()
    for side in (links.row[:2], links.column[:1]):
        for link in side:
            label = link.occurrence
            if label is not None and not label.within and link.near * link.exact >= _CLEAR:
                names.update(label.entries)
                break
    return frozenset(names)


def _whole(view: PageView, spot: Spot, label: Occurrence | None) -> float:
    """1 where the value is all that its segment says, its label aside."""
    segment = view.segment_at(spot.start)
    text = view.page.text
    rest = text[spot.end : segment.end]
    if spot.type is FeatureType.ORGANIZATION and _NUMBERED.match(rest):
        rest = ""
    if any(mark.isalnum() for mark in rest):
        return 0.0
    begin = label.end if label is not None and label.segment == segment.number else segment.start
    return float(not any(mark.isalnum() for mark in text[begin : spot.start]))


def _flat(view: PageView, spot: Spot) -> str:
    return " ".join(view.page.text[start:end] for start, end in spot.spans)


def _best(number: int, wish: Wish, spot: Spot, links: Sequence[Link]) -> tuple[float, float, Occurrence | None]:
    """How strongly a label of the wish claims the value, how strongly another's does, and the wish's label."""
    own, rival = 0.0, 0.0
    label: Occurrence | None = None
    for order, link in enumerate(links):
        fade = 0.85**order
        occurrence = link.occurrence
        if occurrence is None:
            rival = max(rival, _FOREIGN * link.near * fade)
            continue
        strength = link.near * link.exact
        mine = occurrence.owners.get(number, 0.0)
        if mine:
            if occurrence.within:
                mine *= 1.0 if f"wish:{number}" in occurrence.within else _WITHIN
            if strength * mine * fade > own:
                own, label = strength * mine * fade, occurrence
        elif not occurrence.within and strength * fade > rival:
            claims = [
                share for name, share in occurrence.entries.items() if _fits(type_of_entry()[name].type, spot.type)
            ]
            rival = max(rival, max(claims, default=0.0) * strength * fade)
    return own, max(rival - own, 0.0), label


def _fits(label_type: FeatureType, spot_type: FeatureType) -> bool:
    if spot_type is FeatureType.IDENTIFIER:
        return True
    if spot_type in _NUMBERS:
        return label_type in _NUMBERS
    return label_type is spot_type or (label_type in _NAMES and spot_type in _NAMES)


def compare(wish: Wish, sightings: Sequence[Sighting], domains: frozenset[str] = frozenset()) -> None:
    """Adds the signals that need all values of the wish, or the document: repeated, first, many, largest, domain."""
    values = Counter(sighting.spot.normalized for sighting in sightings)
    columns = Counter((s.page_index, s.column_label) for s in sightings if s.column_label is not None)
    first_seen = False
    for sighting in sorted(sightings, key=lambda each: (each.page_index, each.spot.start)):
        signals = sighting.signals
        signals["repeated"] = min(values[sighting.spot.normalized] - 1, 3) / 3.0
        in_column = columns.get((sighting.page_index, sighting.column_label), 1) if sighting.column_label else 1
        signals["many"] = min(in_column - 1, 8) / 8.0
        good = sighting.spot.quality >= 0.5
        signals["first"] = float(good and not first_seen)
        first_seen = first_seen or good
    if wish.type is FeatureType.ORGANIZATION and any(_labelled(each) >= _CLEARLY for each in sightings):
        for sighting in sightings:
            sighting.signals["heads"] = sighting.signals.get("heads", 0.0) * _labelled(sighting)
    if wish.type is FeatureType.ORGANIZATION and wish.side == "issuer":
        for sighting in sightings:
            sighting.signals["domain"] = float(_named_in(sighting.spot.normalized, domains))
    if wish.type in _NUMBERS:
        _compare_amounts(sightings, wish.part)
    if wish.type is FeatureType.IDENTIFIER:
        _compare_identifiers(sightings)


def _labelled(sighting: Sighting) -> float:
    return max(sighting.signals["row"], sighting.signals["column"])


def _named_in(name: str, domains: frozenset[str]) -> bool:
    """Whether a name, or its beginning, is that of one of the document's own addresses on the net."""
    letters = "".join(mark for mark in name.lower() if mark.isalnum())
    return any(letters.startswith(domain) for domain in domains)


def _compare_identifiers(sightings: Sequence[Sighting]) -> None:
    """``extends``: another labelled value is the beginning of this one, as 4711 is of 4711-2."""
    labelled = {s.spot.normalized for s in sightings if max(s.signals["row"], s.signals["column"]) > 0.4}
    for sighting in sightings:
        value = sighting.spot.normalized
        shorter = (value[:-cut] for cut in range(1, _LONGEST_ENDING + 1))
        extends = any(len(stem) >= _SHORTEST_STEM and stem in labelled for stem in shorter)
        sighting.signals["extends"] = float(
            extends and not value.isalpha() and sighting.signals["row"] + sighting.signals["column"] > 0.4
        )


def _compare_amounts(sightings: Sequence[Sighting], part: str) -> None:
    with_cents = [s for s in sightings if s.spot.quality >= _WITH_CENTS]
    amounts = [float(s.spot.normalized) for s in with_cents or sightings if s.spot.quality > _SURE_AMOUNT]
    largest = max(amounts, default=0.0)
    _compare_sums(sightings, part)
    _compare_columns(sightings)
    for sighting in sightings:
        amount = float(sighting.spot.normalized)
        whole = largest > 0 and part in _WHOLE_PARTS
        sighting.signals["largest"] = float(whole and amount == largest)
        sighting.signals["share"] = min(max(amount / largest, 0.0), 1.0) if whole else 0.0


def _compare_sums(sightings: Sequence[Sighting], part: str) -> None:
    """How amounts hang together: net and tax make gross, rounding makes it payable, cash less change is what was paid.

    ``sums``: it is the part of such a sum that the wish asks for. ``sums_clash``: it is another part. In cents;
    only amounts beside a label for taxes, deductions, rounding, cash or change count as such.
    """
    sure = [s for s in sightings if s.spot.quality > _SURE_AMOUNT][:_MOST_COMPARED]
    cents = {_cents(s) for s in sure}
    labelled = {kind: {_cents(s) for s in sure if s.labelled & entries} for kind, entries in _PARTS.items()}
    slack = range(-_LARGEST_ROUNDING, _LARGEST_ROUNDING + 1) if labelled["rounding"] else (0,)
    for sighting in sightings:
        amount = _cents(sighting)
        taxes = [part for part in labelled["tax"] if 0 < part <= _LARGEST_TAX * abs(amount)]
        gross = any(amount - tax + more in cents for tax in taxes for more in slack)
        net = any(amount + tax + more in cents for tax in taxes for more in slack)
        wanted, other = (net, gross) if part == "net" else (gross, net)
        roundings = [abs(part) for part in labelled["rounding"] if 0 < abs(part) <= _LARGEST_ROUNDING]
        near = any(amount - cut in cents or amount + cut in cents for cut in roundings)
        sighting.signals["sums"] = float(wanted and not other)
        sighting.signals["sums_clash"] = float(other and not wanted)
        sighting.signals["rounded"] = float(near and amount % _ROUND_TO == 0)
        sighting.signals["unrounded"] = float(near and amount % _ROUND_TO != 0)
        settles = any(cash - amount in labelled["change"] or cash == amount for cash in labelled["cash"])
        sighting.signals["paid"] = float(amount > 0 and settles and not sighting.labelled & _PARTS["cash"])


def _cents(sighting: Sighting) -> int:
    return round(float(sighting.spot.normalized) * 100)


def _compare_columns(sightings: Sequence[Sighting]) -> None:
    """``last_in_column``: the lowest value under a label. ``column_sum``: those above it add up to it."""
    columns: dict[tuple[int, tuple[int, int]], list[Sighting]] = {}
    for sighting in sightings:
        sighting.signals["last_in_column"] = sighting.signals["column_sum"] = 0.0
        if sighting.column_label is not None:
            columns.setdefault((sighting.page_index, sighting.column_label), []).append(sighting)
    for column in columns.values():
        if len(column) < 2:
            continue
        column.sort(key=lambda each: each.box_top)
        column[-1].signals["last_in_column"] = 1.0
        above = 0
        for number, sighting in enumerate(column):
            amount = _cents(sighting)
            sighting.signals["column_sum"] = float(number >= 2 and amount == above != 0)
            above += amount
