"""Blocks of lines: postal addresses, and the letterhead's names."""

import re
from collections.abc import Iterator
from functools import cache

from evidoc.kernel.finding import FeatureType
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Span
from evidoc.understanding.labels import Occurrence
from evidoc.understanding.lookup import ENTRIES
from evidoc.understanding.page_view import PageView, Segment
from evidoc.understanding.recognisers.addresses import address_fit, address_line_fit, has_postal_code
from evidoc.understanding.recognisers.names import organization_fit
from evidoc.understanding.recognisers.spot import Spot
from evidoc.understanding.squeezed import squeeze
from evidoc.understanding.targets import continuation, is_label, name_span, text_spot

_MOST_LINES = 6
_LINE_GAP = 1.3
_LEAST_STREET, _LEAST_PLACE = 0.6, 0.1
_HEAD_SEGMENTS = 12
_MOST_BLOCKS = 40
_MOST_BETWEEN = 2
_LEAST_NAME = 0.3
_PARTED = re.compile(r" ?[|·•●–—,*] ?| - ")
_NUMBERING = re.compile(r"^\W*(?:co\.?|reg\.?|no\.?|br)?[ .:]*\d[\d ]{3,}[- ]?[A-Z]?\W*$", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:[^\W\d_][^\d:]{0,16} )?(?:addr?\.?|address|ad+resse|anschrift|direcci[oó]n|domicilio|adres|indirizzo|morada)"
    r"\s*:\s*(?=\w)",
    re.IGNORECASE,
)
_REGION = re.compile(r"^[^\W\d_]{3,20}(?:,? ?[^\W\d_][^\W\d_.]{0,14}\.?){0,4}[.,]?$")
_OPEN_ENDED = re.compile(r"(?:,|\d{5})$")


def addresses(view: PageView, labels: dict[int, list[Occurrence]]) -> Iterator[Spot]:
    """Every block around a line with a postal code, from its first street-like line on; else street-like runs."""
    used: set[int] = set()
    blocks = 0
    for postal in (True, False):
        for segment in view.segments:
            if segment.number in used or blocks >= _MOST_BLOCKS:
                continue
            text = view.text_of(segment)
            if not (has_postal_code(text) if postal else address_line_fit(text) >= 0.8):
                continue
            if address_line_fit(text) == 0.0:
                continue
            lines = _block(view, labels, segment)
            used.update(line.number for line in lines)
            blocks += 1
            yield _address(view, lines)


def _block(view: PageView, labels: dict[int, list[Occurrence]], segment: Segment) -> list[Segment]:
    lines = [segment]
    waiting: list[Segment] = []
    current = segment
    while len(lines) + len(waiting) < _MOST_LINES:
        above = _adjacent(view, current, up=True)
        if above is None or is_label(labels, above):
            break
        text = view.text_of(above)
        fit = address_line_fit(text)
        if fit == 0.0 or organization_fit(text) == 1.0 or _NUMBERING.match(text):
            break
        waiting.append(above)
        if fit >= _LEAST_STREET or (text.endswith(",") and fit >= _LEAST_PLACE):
            lines = waiting[::-1] + lines
            waiting = []
        elif len(waiting) > 1:
            break
        current = above
    current = segment
    while len(lines) < _MOST_LINES:
        below = _adjacent(view, current, up=False)
        if below is None or is_label(labels, below):
            break
        text = view.text_of(below)
        fit = address_line_fit(text)
        goes_on = _OPEN_ENDED.search(view.text_of(current)) is not None or (
            has_postal_code(view.text_of(current)) and _REGION.match(text) is not None
        )
        if squeeze(text, bare=True) in squeezed_labels():
            break
        if not (fit >= 0.9 or (goes_on and fit >= 0.3) or (fit >= 0.8 and not has_postal_code(view.text_of(current)))):
            break
        lines.append(below)
        current = below
    return lines


def _adjacent(view: PageView, segment: Segment, *, up: bool) -> Segment | None:
    for other in (view.above if up else view.below)(segment, 3.0):
        gap = segment.box.y0 - other.box.y1 if up else other.box.y0 - segment.box.y1
        if gap > _LINE_GAP * max(view.usual_height, segment.height):
            return None
        one, two = segment.box, other.box
        aligned = min(abs(one.x0 - two.x0), abs((one.x0 + one.x1) - (two.x0 + two.x1)) / 2, abs(one.x1 - two.x1))
        return other if aligned <= 2.5 * view.usual_height else None
    return None


@cache
def squeezed_labels() -> frozenset[str]:
    """The catalogue's labels without spaces, as narrow print may have them."""
    return frozenset(squeeze(label, bare=True) for entry in ENTRIES for label in entry.all_labels())


def _address(view: PageView, lines: list[Segment]) -> Spot:
    named = _NAMED.match(view.text_of(lines[0]))
    spans = tuple(
        Span(line.start + (named.end() if named and number == 0 else 0), line.end) for number, line in enumerate(lines)
    )
    raw = "\n".join(view.page.text[start:end] for start, end in spans)
    return Spot(FeatureType.ADDRESS, spans, "address", normalise("address", raw), address_fit(raw.split("\n")))


def names_in_head(view: PageView, labels: dict[int, list[Occurrence]]) -> Iterator[Spot]:
    """The segments at the top of a page, and those right above an address, that could be somebody's name."""
    chosen: dict[int, Segment] = {}
    for segment in sorted(view.segments, key=lambda each: (each.box.y0, each.box.x0))[:_HEAD_SEGMENTS]:
        chosen[segment.number] = segment
    blocks = 0
    for segment in view.segments:
        if blocks < _MOST_BLOCKS and has_postal_code(view.text_of(segment)):
            blocks += 1
            top = _block(view, labels, segment)[0]
            for _ in range(3):
                above = _adjacent(view, top, up=True)
                if above is None:
                    break
                chosen[above.number] = above
                top = above
    for segment in chosen.values():
        if is_label(labels, segment):
            continue
        whole = Span(segment.start, segment.end)
        for span in (name_span(view, whole), *_first_part(view, segment)):
            if organization_fit(view.page.text[span.start : span.end]) > _LEAST_NAME:
                yield text_spot(view, FeatureType.ORGANIZATION, (span,))
        more = continuation(view, labels, whole, segment)
        if more is not None and address_line_fit(view.text_of(segment)) < _LEAST_STREET:
            yield text_spot(view, FeatureType.ORGANIZATION, (name_span(view, whole), name_span(view, more)))


def heads_of_addresses(view: PageView, labels: dict[int, list[Occurrence]]) -> Iterator[int]:
    """Where the lines begin that stand right above an address with a postal code, a register's number between."""
    blocks = 0
    for segment in view.segments:
        if blocks >= _MOST_BLOCKS or not has_postal_code(view.text_of(segment)):
            continue
        blocks += 1
        line: Segment | None = _block(view, labels, segment)[0]
        for _ in range(_MOST_BETWEEN + 1):
            line = _adjacent(view, line, up=True) if line is not None else None
            if line is None or is_label(labels, line):
                break
            text = view.text_of(line)
            if address_line_fit(text) >= _LEAST_STREET:
                break
            if not (_NUMBERING.match(text) or organization_fit(text) <= _LEAST_NAME):
                yield line.start
                break


def _first_part(view: PageView, segment: Segment) -> Iterator[Span]:
    """The name at the start of a sender's line: "Name - Street 1 - 12345 Town"."""
    text = view.text_of(segment)
    parted = _PARTED.search(text)
    if parted is not None and address_line_fit(text[parted.end() :]) >= _LEAST_STREET:
        yield Span(segment.start, segment.start + parted.start())
