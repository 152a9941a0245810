import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.kernel.page_codec import decode_frame, decode_page, encode_frame, encode_page
from evidoc.kernel.reading import (
    Attachment,
    Box,
    Cell,
    Fault,
    FormField,
    Line,
    Method,
    Page,
    Reading,
    Span,
    Table,
    Word,
    Words,
)


def page_of(lines: list[list[str]]) -> Page:
    text, words, ends = "", [], []
    for row, line in enumerate(lines):
        for column, word in enumerate(line):
            text += " " if column else "\n" if row else ""
            words.append(
                Word(len(text), len(text) + len(word), Box(column * 50, row * 12, column * 50 + 40, row * 12 + 10))
            )
            text += word
        ends.append(len(words))
    starts = [0, *ends[:-1]]
    return Page(
        index=3,
        text=text,
        width=595,
        height=842,
        method=Method.BORN_DIGITAL,
        words=Words.of(words),
        lines=tuple(Line(a, b) for a, b in zip(starts, ends, strict=True)),
        tables=(
            Table(Box(0, 0, 90, 22), 1, 2, (Cell(0, 0, Box(0, 0, 40, 10), (Span(0, 1),), 1, 2, True),), ruled=True),
        ),
        rotation=90,
        quality=0.5,
        dpi=200.0,
        faults=(Fault("image_skipped", "An image was too large", 3),),
    )


words_of_a_line = st.lists(
    st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=6), min_size=1, max_size=5
)


@given(st.lists(words_of_a_line, min_size=1, max_size=6))
def test_a_page_comes_back_as_it_was(lines: list[list[str]]) -> None:
    page = page_of(lines)
    assert decode_page(encode_page(page)) == page


@given(st.binary(max_size=200))
def test_bytes_that_are_no_page_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decode_page(data)


def test_a_cut_page_is_refused() -> None:
    data = encode_page(page_of([["Total", "12.00"]]))
    for end in range(0, len(data), 7):
        with pytest.raises(ValueError):  # noqa: PT011
            decode_page(data[:end])


@given(st.lists(words_of_a_line, min_size=1, max_size=4), st.data())
def test_a_box_covers_every_word_that_the_span_touches(lines: list[list[str]], data: st.DataObject) -> None:
    page = page_of(lines)
    start = data.draw(st.integers(0, len(page.text) - 1))
    end = data.draw(st.integers(start + 1, len(page.text)))
    touched = [word for word in page.words if word.start < end and word.end > start]
    if not touched:
        with pytest.raises(ValueError, match="no word"):
            page.box_of(start, end)
        return
    assert [page.words[i] for i in page.words.touching(start, end)] == touched
    assert all(page.box_of(start, end).covers(word.box) for word in touched)


def test_lines_and_words_are_slices_of_the_text() -> None:
    page = page_of([["Invoice", "No."], ["Total", "12.00"]])
    assert [page.text[slice(*page.line_span(line))] for line in page.lines] == ["Invoice No.", "Total 12.00"]
    assert [page.text[word.start : word.end] for word in page.words[1:3]] == ["No.", "Total"]


def test_what_surrounds_the_pages_comes_back_as_it_was() -> None:
    reading = Reading(
        pages=(),
        attachments=(Attachment("factur-x.xml", "text/xml", 5, b"<a/>\xff"),),
        form_fields=(FormField("name", "Ada", 0, Span(3, 6)), FormField("hidden", "1")),
        faults=(Fault("page_skipped", "Page 2 is damaged", 1),),
        properties={"title": "Invoice"},
    )
    assert decode_frame(encode_frame(reading)) == reading
