"""The tables of a page: those that lines enclose, then those between rules, then those that only line up."""

from collections.abc import Sequence

from evidoc.kernel.reading import Page, Table
from evidoc.reading.tables.draft import draft_of
from evidoc.reading.tables.drawn import drawn_tables
from evidoc.reading.tables.fill import table_of, words_of
from evidoc.reading.tables.ink import Ink, Piece, ink_of
from evidoc.reading.tables.judge import convinces
from evidoc.reading.tables.prose import blocks_of, zones_of
from evidoc.reading.tables.regions import Region, aligned_runs, between_rules, inside
from evidoc.reading.tables.ruling import Edges, Ruling, straighten

MOST_PIECES = 8_000
"""Pieces of text on a page beyond which only fully drawn tables are looked for."""


MOST_EFFORT = 20_000
"""Pieces of text in all regions of a page that are tried as tables, each region counted as REGION_EFFORT more."""

REGION_EFFORT = 50


def find_tables(page: Page, rulings: Sequence[Ruling]) -> tuple[Table, ...]:
    """The tables of ``page``, from the top down.

    ``rulings`` are the lines drawn on it, in the page's own coordinates. Pure: nothing is kept, nothing is
    changed. The work is bounded whatever the page holds.
    """
    if len(page.words) < 4:
        return ()
    edges = straighten(rulings)
    ink = ink_of(page)
    tables = drawn_tables(page, edges, ink)
    if len(ink.pieces) > MOST_PIECES:
        return _from_the_top(tables)
    taken = {word for table in tables for word in words_of(page, table)}
    blocks = blocks_of(ink)
    left = MOST_EFFORT
    for region in between_rules(_outside(ink.pieces, tables), blocks, edges, ink):
        left -= _effort(region)
        if left > 0:
            tables += _accepted(page, region, edges, ink, taken)
    for zone in zones_of(ink, blocks):
        for region in aligned_runs(_outside(zone, tables), ink):
            left -= _effort(region)
            if left > 0:
                tables += _accepted(page, region, edges, ink, taken)
    return _from_the_top(tables)


def _effort(region: Region) -> int:
    return REGION_EFFORT + sum(len(level.pieces) for level in region.levels)


def _from_the_top(tables: Sequence[Table]) -> tuple[Table, ...]:
    return tuple(sorted(tables, key=lambda table: (table.box.y0, table.box.x0)))


def _outside(pieces: Sequence[Piece], tables: Sequence[Table]) -> list[Piece]:
    kept = list(pieces)
    for table in tables:
        kept = [piece for piece in kept if not inside(table.box, piece)]
    return kept


def _accepted(page: Page, region: Region, edges: Edges, ink: Ink, taken: set[int]) -> list[Table]:
    """The table of a region, if it is one and none of its words is ``taken``, to which they are added."""
    draft = draft_of(region.levels, ink, edges)
    if draft is None or not convinces(draft, region, page):
        return []
    words = {word for _, held in draft.cells for word in held}
    if not taken.isdisjoint(words):
        return []
    taken |= words
    return [table_of(page, draft.xs, draft.ys, draft.cells, ruled=False, headers=draft.headers)]
