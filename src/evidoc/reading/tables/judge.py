"""Whether a draft is a table: prose in columns, addresses side by side and labels with values line up as well."""

import re
from collections.abc import Sequence

from evidoc.kernel.reading import Page
from evidoc.reading.tables.draft import Draft
from evidoc.reading.tables.ink import Piece
from evidoc.reading.tables.regions import Region
from evidoc.reading.tables.rows import Line

_LABEL = re.compile(r"[^\W\d][^:]{0,30}:(\s|$)")


def convinces(draft: Draft, region: Region, page: Page) -> bool:
    """Whether the draft's content looks like a table's."""
    pieces = [piece for line in draft.lines for piece in line.level.pieces]
    words = sum(len(piece.words) for piece in pieces)
    specks = sum(len(piece.text) == 1 and piece.letters > 0 for piece in pieces)
    anchors = [line for line in draft.lines if line.filled > 1]
    columns = len(draft.columns)
    if words > 7 * len(pieces) or 2 * specks > len(pieces) or len(anchors) < 2:
        return False
    if sum(line.filled for line in anchors) < 0.4 * columns * len(anchors):
        return False
    labelled = sum(_is_label(piece.text) for piece in pieces)
    if (2 if region.bounded else 4) * labelled > len(pieces):
        return False
    return region.bounded or _lines_up_alone(draft, anchors, pieces, page)


def _is_label(text: str) -> bool:
    """Whether a text is a label or a label with its value: ``Date:``, ``Phone: 555 01 23``."""
    return _LABEL.match(text) is not None


def _lines_up_alone(draft: Draft, anchors: Sequence[Line], pieces: Sequence[Piece], page: Page) -> bool:
    """The stricter test for what no rule bounds."""
    columns = len(draft.columns)
    figures = sum(piece.figures for piece in pieces)
    if columns == 2:
        return len(anchors) >= 4 and 1 in draft.keys and figures * 3 >= len(pieces)
    if not draft.keys or figures * 5 < len(pieces):
        whole = sum(line.filled == columns for line in anchors)
        short = sum(len(piece.words) for piece in pieces) <= 3 * len(pieces)
        in_foot = draft.ys[0] > 0.85 * page.height
        return short and not in_foot and len(anchors) >= 4 and whole >= (0.8 if columns < 4 else 0.6) * len(anchors)
    return len(anchors) >= 3 or (len(draft.keys) >= 2 and not anchors[0].figures)
