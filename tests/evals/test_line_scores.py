"""The measure of line items: rows matched at best total, cells counted once."""

from itertools import permutations
from random import Random

from evals.line_scores import assign, score, summary


def test_rows_are_matched_at_the_best_total() -> None:
    chance = Random(3)
    for rows, columns in ((3, 3), (2, 4), (4, 2), (5, 5)):
        weights = [[float(chance.randint(0, 4)) for _ in range(columns)] for _ in range(rows)]
        found = sum(weights[row][column] for row, column in assign(weights))
        wide = weights if rows <= columns else [list(column) for column in zip(*weights, strict=True)]
        best = max(
            sum(wide[row][column] for row, column in enumerate(order))
            for order in permutations(range(len(wide[0])), len(wide))
        )
        assert found == best


def test_nothing_found_is_nothing_right() -> None:
    figures = summary([score("one", [{"description": "Lamp", "amount": "2.00"}], [])])
    assert (figures["f1"], figures["row_count_right"]) == (0.0, 0.0)


def test_order_and_notation_do_not_matter_but_wrong_cells_do() -> None:
    truth = [{"description": "Lamp, blue", "amount": "2.0000"}, {"description": "Chair", "amount": "7"}]
    found = [
        {"description": "chair", "amount": "7.00"},
        {"description": "LAMP  blue", "amount": "3.00", "quantity": "1"},
    ]
    figures = summary([score("one", truth, found)])
    assert figures["f1"] == 2 * 3 / (4 + 4)
