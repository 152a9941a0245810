from hypothesis import given
from hypothesis import strategies as st

from evidoc.contracts.clary.positions import around, evidence_of, first_place
from evidoc.kernel.finding import Evidence
from evidoc.kernel.reading import Box

edges = st.floats(0, 5000, width=32)


@given(edges, edges, edges, edges)
def test_a_rounded_box_still_covers_what_it_covered(a: float, b: float, c: float, d: float) -> None:
    box = Box(min(a, c), min(b, d), max(a, c), max(b, d))
    position = around(box)
    shown = Box(position.x, position.y, position.x + position.width, position.y + position.height)
    assert shown.covers(box, 1e-9)
    assert box.covers(shown, 0.011)


def test_a_value_over_a_page_break_is_placed_where_it_begins() -> None:
    pieces = [
        Evidence(1, 5, 8, "abc", Box(10, 700, 30, 710), "ocr"),
        Evidence(2, 0, 3, "def", Box(10, 20, 40, 30), "ocr"),
    ]
    place = first_place(pieces)
    assert place is not None
    assert place[0] == 2
    assert place[1].y == 700


def test_the_same_place_has_the_same_id_and_no_other_place_has() -> None:
    one = Evidence(0, 1, 2, "a", Box(0, 0, 1, 1), "ocr")
    other = Evidence(0, 1, 3, "ab", Box(0, 0, 1, 1), "ocr")
    ids = [item.evidence_id for item in evidence_of("doc_1", [one, one, other])]
    assert ids[0] == ids[1] != ids[2]
    assert evidence_of("doc_2", [one])[0].evidence_id != ids[0]
