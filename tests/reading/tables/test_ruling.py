"""Drawn lines come down to few straight edges."""

from evidoc.reading.tables.ruling import MOST_EDGES, Edge, Ruling, straighten


def test_pieces_that_meet_are_one_edge() -> None:
    edges = straighten([Ruling(10, 50, 60, 50), Ruling(60.5, 50.4, 90, 50.4), Ruling(95, 50, 120, 50)])
    assert edges.horizontal == (Edge(50, 10, 90), Edge(50, 95, 120))
    assert edges.vertical == ()


def test_the_two_sides_of_a_thin_rectangle_are_one_edge() -> None:
    edges = straighten([Ruling(10, 50, 10, 90), Ruling(11, 50, 11, 90), Ruling(10, 50, 11, 50)])
    assert edges.vertical == (Edge(10, 50, 90),)
    assert edges.horizontal == ()


def test_dashes_are_one_edge() -> None:
    dashes = [Ruling(x, 50, x + 4, 50) for x in range(10, 90, 7)]
    assert straighten(dashes).horizontal == (Edge(50, 10, 91),)


def test_slanted_lines_and_specks_are_left_out() -> None:
    edges = straighten([Ruling(10, 10, 60, 60), Ruling(5, 5, 6, 5)])
    assert edges.horizontal == edges.vertical == ()


def test_of_very_many_edges_the_longest_stay() -> None:
    many = [Ruling(0, 3.0 * index, 20 + index, 3.0 * index) for index in range(2 * MOST_EDGES)]
    edges = straighten(many).horizontal
    assert len(edges) == MOST_EDGES
    assert min(edge.end for edge in edges) == 20 + MOST_EDGES
