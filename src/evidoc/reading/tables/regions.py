"""Where on a page tables may stand: between horizontal rules of one width, and where pieces line up."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidoc.kernel.reading import Box
from evidoc.reading.tables.ink import Ink, Level, Piece, levels_of
from evidoc.reading.tables.ruling import Edge, Edges

MOST_GROUPS = 30
"""Sets of rules of one width that are looked between, the largest first."""

MOST_PENDING = 10
"""Lines of wrapped text between two rows that line up."""


@dataclass(frozen=True, slots=True)
class Region:
    """Levels that may be a table, and whether rules bound them."""

    levels: list[Level]
    bounded: bool


def between_rules(pieces: Sequence[Piece], prose: Sequence[Sequence[Piece]], edges: Edges, ink: Ink) -> list[Region]:
    """What stands between rules that start and end together, parted at captions, with the head above them."""
    regions = []
    running = {id(piece) for block in prose for piece in block}
    for group in _rules_of_one_width(edges.horizontal, ink):
        left, right = min(e.start for e in group), max(e.end for e in group)
        held = [piece for piece in pieces if left - 3 < (piece.x0 + piece.x1) / 2 < right + 3]
        beside = [piece for piece in pieces if piece.x1 < left and id(piece) not in running]
        rules = [rule.at for rule in group]
        bands: list[list[Piece]] = [[] for _ in range(len(rules) + 1)]
        for piece in held:
            bands[bisect_left(rules, piece.middle)].append(piece)
        part: list[Level] = []
        parts = [part]
        for band in bands[1:-1]:
            levels = levels_of(band)
            if _is_text_between(levels, left, right):
                part = []
                parts.append(part)
            else:
                part += levels
        regions += [
            Region(_with_stub([*_head_above(one, held, edges, ink), *one], beside, ink), bounded=True)
            for part in parts
            for one in _alike(part, rules, ink)
            if sum(len(level.pieces) for level in one) >= 4
        ]
    return regions


def _crowns(piece: Piece, edges: Edges, ink: Ink) -> bool:
    """Whether a piece stands in the middle of a wider rule right below it, and is no note on units."""
    middle = (piece.x0 + piece.x1) / 2
    return piece.text[0] not in "([" and any(
        piece.y1 - 0.4 * ink.height < edge.at < piece.y1 + ink.height
        and edge.end - edge.start > piece.x1 - piece.x0
        and abs((edge.start + edge.end) / 2 - middle) < 0.1 * (edge.end - edge.start)
        for edge in edges.horizontal
    )


def _with_stub(levels: list[Level], beside: Sequence[Piece], ink: Ink) -> list[Level]:
    """The levels with the labels to the left of the rules, where most levels of figures have one: rules often run
    over the columns of figures only.
    """
    top, bottom = levels[0].y0 - ink.height, levels[-1].y1
    labels = sorted((p for p in beside if top < p.middle < bottom), key=lambda piece: piece.middle)
    heights = [label.middle for label in labels]
    figures = [level for level in levels if any(piece.figures for piece in level.pieces)]
    labelled = [level for level in figures if bisect_left(heights, level.y1) - bisect_left(heights, level.y0) == 1]
    if len(labelled) < 2 or len(labelled) < 0.6 * len(figures):
        return levels
    return levels_of([*labels, *(piece for level in levels for piece in level.pieces)])


def _alike(levels: Sequence[Level], rules: Sequence[float], ink: Ink) -> list[list[Level]]:
    """Levels parted where, across a rule or a wide gap, what holds figures above does not line up with what follows."""
    parts: list[list[Level]] = [[]]
    anchors: list[Level] = []
    parted = False
    for above, level in pairwise([None, *levels]):
        assert level is not None
        if above is not None:
            crossed = any(above.middle < y < level.middle for y in rules)
            parted = parted or crossed or level.y0 - above.y1 > ink.height
        if len(level.pieces) > 1:
            data = any(2 * sum(p.figures for p in anchor.pieces) >= len(anchor.pieces) for anchor in anchors)
            if parted and data and _starts_anew(level, anchors, ink):
                parts.append([])
                anchors = []
            anchors.append(level)
            parted = False
        parts[-1].append(level)
    return parts


def _starts_anew(level: Level, above: Sequence[Level], ink: Ink) -> bool:
    """Whether a level looks like the head of another table: it lines up with nothing above, or labels stand in it
    that start and end elsewhere than what is above.
    """
    if not any(_lined_up(anchor, level) for anchor in above[-4:]):
        return not _flush_left(level, above, ink)
    if len(level.pieces) < 3 or any(piece.figures for piece in level.pieces):
        return False
    if len(level.pieces) > 3 and len(level.pieces) > max(len(anchor.pieces) for anchor in above):
        return True
    starts = [piece.x0 for anchor in above[-8:] for piece in anchor.pieces]
    ends = [piece.x1 for anchor in above[-8:] for piece in anchor.pieces]
    flush = sum(
        any(abs(piece.x0 - x) < ink.character for x in starts) or any(abs(piece.x1 - x) < ink.character for x in ends)
        for piece in level.pieces
    )
    return flush < 0.6 * len(level.pieces)


def _is_text_between(levels: Sequence[Level], left: float, right: float) -> bool:
    """Whether what stands between two rules is text in full lines (notes, the next caption), not rows."""
    if not levels or any(len(level.pieces) > 2 for level in levels):
        return False
    return any(
        len(level.pieces[0].words) >= 8
        and level.x0 < left + 0.1 * (right - left)
        and level.x1 - level.x0 > 0.6 * (right - left)
        for level in levels
    )


def _head_above(part: Sequence[Level], held: Sequence[Piece], edges: Edges, ink: Ink) -> list[Level]:
    """The levels right above the first rule that are the table's head: several pieces, or one over a rule.

    None where the first level between the rules has labels only: that is the head.
    """
    first = next((level for level in part if len(level.pieces) > 1), part[0])
    if not any(piece.figures for piece in first.pieces):
        return []
    top = max((edge.at for edge in edges.horizontal if edge.at < part[0].middle), default=part[0].y0)
    above = levels_of([piece for piece in held if piece.middle < top and piece.y1 > top - 10 * ink.height])
    head: list[Level] = []
    for level in reversed(above):
        if top - level.y1 > 1.3 * ink.height:
            break
        alone = len(level.pieces) == 1
        crowning = alone and _crowns(level.pieces[0], edges, ink) and (head or len(level.pieces[0].words) <= 4)
        if (alone and not crowning) or any(len(piece.words) > 8 for piece in level.pieces):
            break
        head.insert(0, level)
        top = level.y0
    return head


def _rules_of_one_width(edges: Sequence[Edge], ink: Ink) -> list[list[Edge]]:
    """Rules in groups of two or more that reach from one x to another alike; pieces of one rule count as one."""
    groups: list[list[Edge]] = []
    for rule in _whole(edges):
        if rule.end - rule.start < 12 * ink.character:
            continue
        for group in groups:
            slack = max(6.0, 0.04 * (rule.end - rule.start))
            if abs(group[0].start - rule.start) < slack and abs(group[0].end - rule.end) < slack:
                group.append(rule)
                break
        else:
            groups.append([rule])
    return sorted((group for group in groups if len(group) > 1), key=len, reverse=True)[:MOST_GROUPS]


def _whole(edges: Sequence[Edge]) -> list[Edge]:
    """Each edge, and for edges at one height the reach of all of them where their gaps are small."""
    rules: list[Edge] = []
    for edge in edges:
        near = next((i for i, rule in enumerate(rules) if abs(rule.at - edge.at) < 1.5 and _adjoin(rule, edge)), None)
        if near is None:
            rules.append(edge)
        else:
            rule = rules[near]
            rules[near] = Edge(rule.at, min(rule.start, edge.start), max(rule.end, edge.end))
    return sorted(rules)


def _adjoin(one: Edge, other: Edge) -> bool:
    gap = max(one.start, other.start) - min(one.end, other.end)
    return gap < 15


def aligned_runs(zone: Sequence[Piece], ink: Ink) -> list[Region]:
    """Levels below one another whose pieces line up, with the single pieces between them."""
    levels = levels_of(zone)
    regions, start = [], 0
    while start < len(levels):
        if len(levels[start].pieces) < 2:
            start += 1
            continue
        run = _run(levels, start, ink)
        if sum(len(level.pieces) > 1 for level in run) >= 2:
            regions.append(Region(_with_tail(levels, start, run, ink), bounded=False))
            start += len(run)
        else:
            start += 1
    return regions


def _run(levels: Sequence[Level], start: int, ink: Ink) -> list[Level]:
    """The levels from ``start`` on that go on lining up."""
    anchors = [levels[start]]
    run, pending = [levels[start]], list[Level]()
    bottom = levels[start].y1
    for level in levels[start + 1 :]:
        gap = level.y0 - bottom
        if len(level.pieces) > 1:
            matched = max(_lined_up(anchor, level) for anchor in anchors[-3:])
            if gap > (4.0 if matched > 2 else 2.2) * ink.height:
                break
            if matched:
                run += [*pending, level]
                pending = []
                anchors.append(level)
            elif len(anchors) > 1 and len(pending) < MOST_PENDING and _flush_left(level, anchors, ink):
                pending.append(level)
            else:
                break
        else:
            flush = _flush_left(level, anchors, ink)
            if gap > 2.2 * ink.height or len(pending) >= (MOST_PENDING if flush else 4):
                break
            if _too_wide(level, anchors[-1]) and not (flush and level.x0 > anchors[-1].pieces[1].x0 - ink.character):
                break
            pending.append(level)
        bottom = level.y1
    return run


def _flush_left(level: Level, anchors: Sequence[Level], ink: Ink) -> bool:
    """Whether every piece starts where a piece of some anchor does."""
    starts = [piece.x0 for anchor in (*anchors[:2], *anchors[2:][-6:]) for piece in anchor.pieces]
    return all(any(abs(piece.x0 - x) < ink.character for x in starts) for piece in level.pieces)


def _with_tail(levels: Sequence[Level], start: int, run: list[Level], ink: Ink) -> list[Level]:
    """The run and the lines right below that carry on a text of its last level, not its first piece."""
    tail = list(run)
    for level in levels[start + len(run) :]:
        last = tail[-1]
        piece = level.pieces[0]
        under = [
            p for p in run[-1].pieces[1:] if p.x0 - ink.character < piece.x0 and piece.x1 < p.x1 + 12 * ink.character
        ]
        if len(level.pieces) > 1 or level.y0 - last.y1 > 0.5 * ink.height or not under:
            break
        tail.append(level)
    return tail


def _too_wide(level: Level, anchor: Level) -> bool:
    """Whether a single piece lies across all of a level that lines up."""
    piece = level.pieces[0]
    return piece.x1 - piece.x0 > 0.75 * (anchor.x1 - anchor.x0) and len(piece.words) > 6


def _lined_up(above: Level, below: Level) -> int:
    """How many pieces of two levels stand below one another one to one, 0 where too few do or others conflict."""
    matched = conflicts = 0
    for piece in below.pieces:
        over = [other for other in above.pieces if other.x0 < piece.x1 and piece.x0 < other.x1]
        if len(over) > 1:
            conflicts += 1
        elif over:
            back = [other for other in below.pieces if other.x0 < over[0].x1 and over[0].x0 < other.x1]
            matched += len(back) == 1
            conflicts += len(back) > 1 and back[0] is piece
    return matched if matched >= 2 and conflicts * 2 <= matched else 0


def inside(box: Box, piece: Piece) -> bool:
    """Whether the middle of a piece lies in ``box``."""
    return box[0] < (piece.x0 + piece.x1) / 2 < box[2] and box[1] < piece.middle < box[3]
