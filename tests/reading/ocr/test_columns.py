from dataclasses import dataclass

from evidoc.reading.ocr.columns import in_reading_order


@dataclass(frozen=True)
class Text:
    text: str
    begin: float
    end: float
    height: float = 10
    letters: int = 30


def texts(lines: list[list[Text]]) -> list[str]:
    return [" ".join(piece.text for piece in line) for line in lines]


def left(number: int) -> Text:
    return Text(f"left {number}", 0, 280 + number % 3 * 5)


def right(number: int) -> Text:
    return Text(f"right {number}", 300 + number % 2, 590)


def test_running_text_in_two_columns_is_read_column_by_column() -> None:
    title = [Text("Title", 100, 500)]
    lines = [title, *([left(n), right(n)] for n in range(8)), [Text("Foot", 200, 400)]]
    expected = ["Title", *(f"left {n}" for n in range(8)), *(f"right {n}" for n in range(8)), "Foot"]
    assert texts(in_reading_order(lines)) == expected


def test_columns_whose_lines_are_not_level_are_columns_too() -> None:
    lines = [[piece] for n in range(8) for piece in (left(n), right(n))]
    assert texts(in_reading_order(lines)) == [*(f"left {n}" for n in range(8)), *(f"right {n}" for n in range(8))]


def test_three_columns_are_read_one_by_one() -> None:
    lines = [[Text(f"{name}{n}", 200 * at, 200 * at + 180) for at, name in enumerate("abc")] for n in range(7)]
    assert texts(in_reading_order(lines)) == [f"{name}{n}" for name in "abc" for n in range(7)]


def test_labels_and_amounts_are_read_across() -> None:
    lines = [[Text(f"A longer description of {n}", 0, 200), Text("19.90", 300, 340, letters=0)] for n in range(9)]
    assert in_reading_order(lines) == lines


def test_a_form_of_short_answers_is_read_across() -> None:
    lines = [[Text(f"Name {n}", 0, 60, letters=4), Text("Given answer", 300, 400, letters=11)] for n in range(9)]
    assert in_reading_order(lines) == lines
