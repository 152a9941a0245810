"""What stands where a label points: values that no pattern knows, such as names, titles and free text."""

import re
from collections.abc import Iterator

from evidoc.kernel.finding import FeatureType
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Span
from evidoc.understanding.labels import Occurrence
from evidoc.understanding.links import Linker
from evidoc.understanding.lookup import labels_of_all
from evidoc.understanding.page_view import PageView, Segment
from evidoc.understanding.recognisers.addresses import address_fit, address_line_fit
from evidoc.understanding.recognisers.names import name_in, organization_fit, person_fit
from evidoc.understanding.recognisers.spot import Spot
from evidoc.understanding.tokens import key_of

_SKIP = re.compile(r"[\s:=.*#_|]*(?:[-–—] )?[\s:]*")
_SKIP_NUMBER = re.compile(r"[\s:=.*#_|]*(?:(?:nr|no|num|number|nummer|n°|nº|№)\b[.:]?)?[\s:.#]*", re.IGNORECASE)
_TAIL = " \t:;|_"
_GOES_ON = re.compile(r"(?:[,&/+-]|\b(?:and|und|et|of|the|for|y|en|de))\s*$", re.IGNORECASE)
_SUFFIX = re.compile(
    r"^(?!.*\bno\b)"
    r"(?:inc|llc|ltd|llp|gmbh|ag|kg|s\.?a|b\.?v|n\.?v|corp|corporation|company|co|pac|plc|limited|sdn\.? bhd|"
    r"bhd|s/b)\.?[,)]?(?:\s\D{0,12})?$",
    re.IGNORECASE,
)
_MORE_OF_A_LABEL = frozenset(
    "ref id # code name date dates desc description type external account acct amount total terms line no "
    "address by to from of and or & und "
    "rate price qty period number info information details contact office comments comment datum betrag "
    "adresse art typ".split()
)
_MARK = re.compile(r"[:=]")
_NOTHING = frozenset(
    ["n/a", "na", "none", "-", "--", "nil", "n.a.", "tbd", "unknown", "keine", "aucun", "ninguno", "geen"]
)
_ASIDE = re.compile(r"\([^()]{0,20}\)")
_MOST_BARE = 9
_STREET = 0.8
_REACH_BELOW = 4.0
_LONGEST = 200
_LEAST_EXACT = 0.4


def targets(
    view: PageView, labels: dict[int, list[Occurrence]], linker: Linker, wish: int, kind: FeatureType
) -> Iterator[Spot]:
    """For each label of wish number ``wish``: the rest of its segment, the next one on the row, the one below.

    A label such as "Name:" counts too where the heading over it is the wish's.
    """
    for number, here in labels.items():
        for label in here:
            if label.exactness < _LEAST_EXACT or f"wish:{wish}" in label.within:
                continue
            if wish not in label.owners and not linker.stands_under(label, wish, kind):
                continue
            segment = view.segments[number]
            rest = _rest(view, segment, label, here)
            named = (
                kind is FeatureType.ORGANIZATION and not label.colon and organization_fit(view.text_of(segment)) == 1.0
            )
            if named and label.first == 0:
                continue  # "Supplier Ltd" is a name, not a label and its value
            if rest is not None and (label.colon or _stands_alone(view, rest)):
                yield from _spots(view, labels, kind, rest, segment)
            if rest is None or (not label.colon and label.after <= 1):
                yield from _neighbours(view, labels, segment, kind)


def _rest(view: PageView, segment: Segment, label: Occurrence, here: list[Occurrence]) -> Span | None:
    begin = label.end
    if label.colon and label.after:
        mark = _MARK.search(view.page.text, label.end, segment.end)
        begin = mark.end() if mark else label.end
    skipped = _SKIP.match(view.page.text, begin, segment.end)
    start = skipped.end() if skipped else begin
    end = min((other.start for other in here if other.start >= start and other.colon), default=segment.end)
    return _trimmed(view, start, end)


def _stands_alone(view: PageView, rest: Span) -> bool:
    """Whether what follows a label without a colon can be its value, not more of the label: "Advertiser Ref"."""
    tokens = key_of(view.page.text[rest.start : rest.end])
    return (
        bool(tokens)
        and len(tokens) <= _MOST_BARE
        and not (tokens[0] in _MORE_OF_A_LABEL or tokens[-1] in _MORE_OF_A_LABEL)
    )


def _trimmed(view: PageView, start: int, end: int) -> Span | None:
    text = view.page.text[start:end]
    length = len(text.rstrip(_TAIL))
    return Span(start, start + length) if 0 < length <= _LONGEST else None


def _neighbours(
    view: PageView, labels: dict[int, list[Occurrence]], segment: Segment, kind: FeatureType
) -> Iterator[Spot]:
    right = next(iter(view.right_of(segment)), None)
    if right is not None and not is_label(labels, right):
        yield from _segment_spots(view, labels, kind, right)
    for below in view.below(segment, _REACH_BELOW):
        if not is_label(labels, below):
            yield from _segment_spots(view, labels, kind, below)
        break


def is_label(labels: dict[int, list[Occurrence]], segment: Segment) -> bool:
    """Whether a segment is nothing but a label (of anything), or a label and its value."""
    return any(
        label.before == 0 and (label.after == 0 or label.colon) and not (label.key == ("#",) and label.filled)
        for label in labels.get(segment.number, ())
    )


def name_span(view: PageView, span: Span) -> Span:
    """The part of ``span`` that is a name."""
    start, end = name_in(view.page.text[span.start : span.end])
    return Span(span.start + start, span.start + end)


def _segment_spots(
    view: PageView, labels: dict[int, list[Occurrence]], kind: FeatureType, segment: Segment
) -> Iterator[Spot]:
    skip = _SKIP_NUMBER if kind is FeatureType.IDENTIFIER else _SKIP
    skipped = skip.match(view.page.text, segment.start, segment.end)
    span = _trimmed(view, skipped.end() if skipped else segment.start, segment.end)
    if span is not None:
        yield from _spots(view, labels, kind, span, segment)


def _spots(
    view: PageView, labels: dict[int, list[Occurrence]], kind: FeatureType, span: Span, segment: Segment
) -> Iterator[Spot]:
    if kind is FeatureType.ORGANIZATION:
        span = name_span(view, span)
    yield text_spot(view, kind, (span,))
    if kind in (FeatureType.ORGANIZATION, FeatureType.TEXT, FeatureType.PERSON):
        more = continuation(view, labels, span, segment)
        if more is not None:
            yield text_spot(view, kind, (span, more))


def continuation(view: PageView, labels: dict[int, list[Occurrence]], span: Span, segment: Segment) -> Span | None:
    """The line below, where a name visibly goes on there.

    After a comma or a linking word, with a legal form alone, below an empty place in the column of its label, or
    where it hangs below the value of a label on the same line.
    """
    below = next(view.below(segment, 1.5), None)
    if below is None or is_label(labels, below) or key_of(view.text_of(below)) in labels_of_all():
        return None
    start_x = view.page.box_of(span.start, span.end).x0
    off = abs(below.box.x0 - start_x)
    centred = abs(below.box.x0 + below.box.x1 - segment.box.x0 - segment.box.x1) / 2 <= view.usual_height
    gap, height = below.box.y0 - segment.box.y1, max(view.usual_height, min(segment.height, below.height))
    if (off > view.usual_height and not centred) or gap > 0.8 * height:
        return None
    left = next(iter(view.left_of(segment)), None)
    in_its_column = left is not None and is_label(labels, left) and next(iter(view.left_of(below)), None) is None
    hangs = start_x - segment.box.x0 > 2 * height and off < 0.4 * height and gap < 0.3 * height
    goes_on = _GOES_ON.search(view.page.text[span.start : span.end]) is not None
    if in_its_column or hangs or goes_on or _SUFFIX.match(view.text_of(below)):
        return _trimmed(view, below.start, below.end)
    return None


def text_spot(view: PageView, kind: FeatureType, spans: tuple[Span, ...]) -> Spot:
    """A value as printed, rated by how much it looks like ``kind``."""
    raw = "\n".join(view.page.text[start:end] for start, end in spans)
    flat = raw.replace("\n", " ")
    if flat.strip(" .").lower() in _NOTHING:
        return Spot(kind, spans, "text", normalise("text", raw), 0.0)
    if kind is FeatureType.IDENTIFIER:
        words = _ASIDE.sub("", flat).split()
        numbered = sum(any(mark.isdigit() for mark in word) for word in words)
        fits = (
            0 < len(words) <= 4
            and 2 * numbered >= len(words)
            and not flat.startswith("(")
            and any(mark.isdigit() for mark in words[-1])
            and ":" not in flat
            and flat[-1] != "%"
        )
        quality = 0.7 if fits else 0.0
        return Spot(kind, spans, "identifier", normalise("identifier", raw), quality)
    if kind is FeatureType.BOOLEAN:
        value = normalise("boolean", raw)
        return Spot(kind, spans, "boolean", value, 0.9 if value else 0.0)
    if kind is FeatureType.ORGANIZATION:
        quality = organization_fit(flat)
        if quality < 1.0 and address_line_fit(flat) >= _STREET:
            quality *= 0.4
    elif kind is FeatureType.PERSON:
        quality = person_fit(flat)
    elif kind is FeatureType.ADDRESS:
        quality = address_fit(raw.split("\n"))
        if quality < _STREET and organization_fit(flat) == 1.0:
            quality *= 0.4
    else:
        quality = 0.6 if any(mark.isalnum() for mark in flat) else 0.0
    rule = "address" if kind is FeatureType.ADDRESS else "text"
    return Spot(kind, spans, rule, normalise(rule, raw), quality)
