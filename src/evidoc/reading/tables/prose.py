"""Running text: blocks of lines that fill their column, and the columns of a page that they stand in."""

from bisect import bisect_left
from collections.abc import Sequence

from evidoc.reading.tables.ink import Ink, Piece

FEWEST_WORDS = 5
"""Words in a line of running text, at the least, on average."""

MOST_GROWING = 100
"""Blocks that stand side by side while they are put together."""

MOST_BLOCKS = 80
"""Blocks of running text on a page for which columns of the page are worked out."""

MOST_PAIRS = 200_000
"""The same for blocks times pieces outside of them."""


def blocks_of(ink: Ink) -> list[list[Piece]]:
    """Blocks of running text: three lines or more below one another that start and mostly end together."""
    stacks: list[list[Piece]] = []
    growing: list[list[Piece]] = []
    for piece in sorted(ink.pieces, key=lambda piece: piece.y0):
        growing = [stack for stack in growing[-MOST_GROWING:] if piece.y0 - stack[-1].y1 < ink.height]
        stack = next((stack for stack in growing if _continues(stack, piece, ink)), None)
        if stack is not None:
            stack.append(piece)
        elif len(piece.words) >= FEWEST_WORDS and not piece.figures:
            stacks.append([piece])
            growing.append(stacks[-1])
    figures = sorted((piece for piece in ink.pieces if piece.figures), key=lambda piece: piece.middle)
    return [stack for stack in stacks if _runs_on(stack, ink) and not _is_wrapped_cell(stack, figures)]


def _continues(stack: list[Piece], piece: Piece, ink: Ink) -> bool:
    last = stack[-1]
    if piece.figures or piece.y0 < last.middle or abs((piece.y1 - piece.y0) - (last.y1 - last.y0)) > 0.35 * ink.height:
        return False
    if abs(piece.x0 - last.x0) > 4 * ink.character and abs(piece.x0 - stack[0].x0) > 4 * ink.character:
        return False
    return piece.x0 < last.x1 and piece.y0 - last.y1 < 0.9 * ink.height


def _runs_on(stack: list[Piece], ink: Ink) -> bool:
    """Whether the lines are long and most but the last reach the right edge."""
    if len(stack) < 3:
        return False
    edge = max(piece.x1 for piece in stack)
    wide = edge - min(piece.x0 for piece in stack)
    if wide < 20 * ink.character:
        return False
    full = [piece for piece in stack[:-1] if edge - piece.x1 < max(0.15 * wide, 7 * ink.character)]
    words = sum(len(piece.words) for piece in stack)
    return len(full) >= 0.6 * (len(stack) - 1) and words >= FEWEST_WORDS * (len(stack) - 1)


def _is_wrapped_cell(stack: list[Piece], figures: Sequence[Piece]) -> bool:
    """Whether only its first line has figures beside it, as the description of a line item has."""
    if len(stack) > 12:
        return False
    beside = [_has_beside(piece, figures) for piece in stack]
    return beside[0] and not any(beside[1:])


def _has_beside(piece: Piece, figures: Sequence[Piece]) -> bool:
    """Whether figures (sorted by height) stand at the height of a piece, to its left or right."""
    half = (piece.y1 - piece.y0) / 2
    first = bisect_left(figures, piece.middle - half, key=lambda other: other.middle)
    last = bisect_left(figures, piece.middle + half, key=lambda other: other.middle)
    return any(not piece.x0 < other.x0 < piece.x1 for other in figures[first:last])


def zones_of(ink: Ink, blocks: Sequence[list[Piece]]) -> list[list[Piece]]:
    """The pieces that are not running text, parted where a column of running text stands beside them."""
    taken = {id(piece) for block in blocks for piece in block}
    rest = [piece for piece in ink.pieces if id(piece) not in taken]
    if not blocks or not rest or len(blocks) > MOST_BLOCKS or len(blocks) * len(rest) > MOST_PAIRS:
        return [rest] if rest else []
    columns = _text_columns(ink, blocks, rest)
    zones: dict[int, list[Piece]] = {}
    for piece in rest:
        x, y = (piece.x0 + piece.x1) / 2, piece.middle
        inside = (index for index, (x0, y0, x1, y1) in enumerate(columns) if x0 < x < x1 and y0 < y < y1)
        zones.setdefault(next(inside, -1), []).append(piece)
    return list(zones.values())


def _text_columns(
    ink: Ink, blocks: Sequence[list[Piece]], rest: Sequence[Piece]
) -> list[tuple[float, float, float, float]]:
    """Outlines around blocks that stand above one another with nothing wider in between."""
    columns: list[tuple[float, float, float, float]] = []
    outlines = sorted(
        (
            (
                min(piece.x0 for piece in block) - ink.character,
                block[0].y0,
                max(piece.x1 for piece in block) + ink.character,
                block[-1].y1,
            )
            for block in blocks
        ),
        key=lambda outline: outline[1],
    )
    for x0, y0, x1, y1 in outlines:
        for index, (a0, b0, a1, b1) in enumerate(columns):
            if min(x1, a1) - max(x0, a0) < 0.6 * max(x1 - x0, a1 - a0):
                continue
            left, right = min(x0, a0), max(x1, a1)
            between = [piece for piece in rest if b1 <= piece.middle <= y0 and piece.x1 > left and piece.x0 < right]
            if not any(piece.x0 < left - 1 or piece.x1 > right + 1 for piece in between) and len(between) <= 6:
                columns[index] = (left, b0, right, max(b1, y1))
                break
        else:
            columns.append((x0, y0, x1, y1))
    return columns
