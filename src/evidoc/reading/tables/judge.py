"""Whether a draft is a table: prose in columns, addresses side by side and labels with values line up as well."""

from evidoc.reading.tables.draft import Draft
from evidoc.reading.tables.ink import Ink
from evidoc.reading.tables.regions import Region


def convinces(draft: Draft, region: Region, ink: Ink) -> bool:
    """Whether the draft's content looks like a table's."""
    body = draft.lines
    words = [len(piece.words) for line in body for piece in line.level.pieces]
    if sum(words) > 7 * len(words):
        return False
    specks = sum(len(piece.text) == 1 and piece.letters for line in body for piece in line.level.pieces)
    if 2 * specks > len(words):
        return False
    anchors = [line for line in body if line.filled > 1]
    columns = len(draft.columns)
    if len(anchors) < 2 or sum(line.filled for line in anchors) < 0.4 * columns * len(anchors):
        return False
    if columns == 2 and 2 * sum(line.level.pieces[0].text.endswith(":") for line in body) >= len(body):
        return False
    if region.bounded:
        return len(draft.ys) > 2
    return _lines_up_alone(draft, columns, len(anchors))


def _lines_up_alone(draft: Draft, columns: int, anchors: int) -> bool:
    """The stricter test for what no rule bounds."""
    texts = sum(line.filled for line in draft.lines)
    figures = sum(len(line.figures) for line in draft.lines)
    if columns == 2:
        return anchors >= 4 and 1 in draft.keys and figures * 3 >= texts
    if not draft.keys:
        return anchors >= 4 and columns >= 3 and texts >= 0.7 * columns * anchors
    return anchors >= 3 or (anchors == 2 and columns >= 4 and len(draft.keys) >= 2)
