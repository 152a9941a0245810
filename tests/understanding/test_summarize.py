from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from evidoc.kernel.finding import Evidence
from evidoc.kernel.reading import Cell, Reading, Span, Table
from evidoc.understanding.sentences import sentences
from evidoc.understanding.summarize import summarize

from .test_classify import page_of, reading_of

REPORT = (
    "The harbour bridge was inspected on 3 May 2026 by Nordwind Ltd. Corrosion was found on nine bolts of\n"
    "the harbour bridge near the eastern pier. The weather was mild. Lunch was served at noon in the canteen.\n"
    "In conclusion the harbour bridge bolts must be replaced before winter. Corrosion of bolts was seen before,\n"
    "e.g. in 2019 at the western pier of the harbour bridge."
)


def holds(reading: Reading, evidence: Evidence) -> bool:
    page = reading.pages[evidence.page_index]
    return page.text[evidence.char_start : evidence.char_end] == evidence.quote


def test_every_sentence_is_a_span_in_reading_order_and_fits() -> None:
    reading = reading_of(REPORT, REPORT.replace("harbour", "river"))
    summary = summarize(reading, max_length=300)
    assert summary.sentences
    assert all(holds(reading, item) for item in (*summary.sentences, *summary.key_points))
    assert sum(len(item.quote) for item in summary.sentences) + len(summary.sentences) - 1 <= 300
    places = [(item.page_index, item.char_start) for item in summary.sentences]
    assert places == sorted(places)


def test_what_the_document_is_about_is_preferred() -> None:
    summary = summarize(reading_of(REPORT), max_length=120)
    assert any("bridge" in item.quote for item in summary.sentences)
    assert not any("Lunch" in item.quote for item in summary.sentences)


def test_focus_brings_its_topic_in() -> None:
    (only,) = summarize(reading_of(REPORT), max_length=80, focus=["conclusions"]).sentences
    assert only.quote.startswith("In conclusion")


def test_the_same_thing_is_not_said_twice() -> None:
    twice = reading_of("\n".join(["Corrosion was found on nine bolts of the harbour bridge."] * 4 + [REPORT]))
    quotes = [item.quote for item in summarize(twice, max_length=1000).sentences]
    assert quotes
    assert sum(quote.startswith("Corrosion was found") for quote in quotes) <= 1


def test_a_document_without_sentences_is_summed_up_by_its_lines() -> None:
    reading = reading_of(
        "Nordwind Ltd Harbour Street\nInvoice number 17-204 of 3 May 2026\nTotal to be paid EUR 108.00"
    )
    assert all(holds(reading, item) for item in summarize(reading).sentences)
    assert summarize(reading).sentences


def test_no_text_has_no_summary_and_no_room_has_none_either() -> None:
    assert summarize(Reading(())).sentences == ()
    assert summarize(reading_of(REPORT), max_length=5).sentences == ()


def test_abbreviations_and_numbers_end_no_sentence() -> None:
    page = page_of(0, "Mr. Holm of Nordwind Inc. paid 3.50 on 1. May 2026. He left at noon.")
    assert [page.text[a:b] for a, b in sentences(page)] == [
        "Mr. Holm of Nordwind Inc. paid 3.50 on 1. May 2026.",
        "He left at noon.",
    ]


def test_a_table_holds_no_sentences() -> None:
    page = page_of(0, "Before the table stands this sentence.\nPens 2 3.00\nAfter the table stands another one.")
    row = page.lines[1]
    box = page.words.box(row.first_word)
    table = Table(box, 1, 1, (Cell(0, 0, box, (Span(*page.line_span(row)),)),), ruled=False)
    found = [page.text[a:b] for a, b in sentences(replace(page, tables=(table,)))]
    assert found == ["Before the table stands this sentence.", "After the table stands another one."]


@given(st.lists(st.text(alphabet="ab .!?\u3002'\"(A1-", min_size=1, max_size=80), min_size=1, max_size=5))
def test_any_text_is_cut_into_spans_that_do_not_overlap(texts: list[str]) -> None:
    lines = [" ".join(text.split()) for text in texts]
    lines = [line for line in lines if line]
    if not lines:
        return
    page = page_of(0, "\n".join(lines))
    end = 0
    for span in sentences(page):
        assert end <= span.start < span.end <= len(page.text)
        end = span.end
