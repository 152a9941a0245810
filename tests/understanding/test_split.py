"""Where one document ends and the next begins is told by what the pages say, not by how many there are."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidoc.kernel.classification import Category
from evidoc.kernel.reading import Reading
from evidoc.understanding.classify import rank
from evidoc.understanding.split import OTHER, split
from tests.understanding.printed import printed

CATEGORIES = tuple(map(Category, ("invoice", "contract", "receipt")))


def invoice(number: str, page: str = "", sender: str = "Nordwind Tools Ltd") -> str:
    return f"""{sender}
INVOICE
Invoice number: {number}
Invoice date: 2024-03-05
Bill to: Example Bakery
Hammer        2     10.50    21.00
Total amount: 21.00 EUR
{page}"""


CONTRACT = (
    """SERVICES AGREEMENT
This agreement is made by and between Alpha Ltd and Beta Ltd.
Whereas the parties wish to work together, they hereby agree as follows, and hereinafter
Page 1 of 3""",
    """the parties shall keep to this agreement under its governing law, which is that of
the state of Delaware, and no termination shall be
Page 2 of 3""",
    """without notice. In witness whereof the parties have signed.
Alpha Ltd            Beta Ltd
Page 3 of 3""",
)
RECEIPT = """Corner Shop
RECEIPT
Cash 20.00
Change 7.50
Total 12.50
Thank you, please come again"""


def bounds(reading: Reading, categories: Sequence[Category] = CATEGORIES) -> list[tuple[str, int, int]]:
    return [(one.category, one.first_page, one.last_page) for one in split(reading, categories)]


def test_documents_of_several_kinds_are_parted() -> None:
    assert bounds(printed(RECEIPT, *CONTRACT, invoice("NW-1"))) == [
        ("receipt", 0, 0),
        ("contract", 1, 3),
        ("invoice", 4, 4),
    ]


def test_documents_of_one_kind_and_sender_are_told_apart_by_their_numbers() -> None:
    assert bounds(printed(invoice("NW-118"), invoice("NW-119"), invoice("NW-120"))) == [
        ("invoice", 0, 0),
        ("invoice", 1, 1),
        ("invoice", 2, 2),
    ]


def test_the_same_number_on_every_page_keeps_a_document_together() -> None:
    pages = [invoice("NW-118", f"Page {number}") for number in (1, 2, 3)]
    assert bounds(printed(*pages)) == [("invoice", 0, 2)]


def test_page_numbers_that_begin_anew_begin_a_document() -> None:
    pages = ["Some words about the matter\nPage 1 of 2", "more of them\nPage 2 of 2"]
    assert [(first, last) for _, first, last in bounds(printed(*pages, *pages))] == [(0, 1), (2, 3)]


def test_an_empty_page_belongs_to_what_stands_before_it() -> None:
    assert bounds(printed(RECEIPT, "", invoice("NW-1"))) == [("receipt", 0, 1), ("invoice", 2, 2)]


def test_pages_of_no_category_are_other_where_that_is_allowed() -> None:
    poem = printed("The sea is wide and the wind is cold\nand nobody knows the way")
    assert split(poem, CATEGORIES, include_other=True)[0].category == OTHER
    assert split(poem, CATEGORIES)[0].category in {"invoice", "contract", "receipt"}


def test_nothing_has_no_sections() -> None:
    assert split(Reading(()), CATEGORIES) == ()


def test_confidence_is_lower_where_it_is_less_clear() -> None:
    clear, _ = split(printed(RECEIPT, invoice("NW-1")), CATEGORIES)
    vague, *_ = split(printed("a few words", "and some others"), CATEGORIES)
    assert clear.confidence > vague.confidence


PAGES = st.sampled_from([RECEIPT, invoice("A-1"), invoice("A-2"), *CONTRACT, "", "1", "words\nPage 9 of 2", "- 3 -"])


@settings(max_examples=60, deadline=None)
@given(st.lists(PAGES, max_size=8), st.booleans())
def test_every_page_lies_in_exactly_one_section(pages: list[str], other: bool) -> None:
    sections = split(printed(*pages), CATEGORIES, include_other=other)
    assert [page for one in sections for page in range(one.first_page, one.last_page + 1)] == list(range(len(pages)))
    assert all(0.0 <= one.confidence <= 1.0 for one in sections)


def test_a_description_makes_a_category_known() -> None:
    described = [Category("X", "Leases and agreements between parties"), Category("Y", "receipts of shops, cash")]
    assert rank(printed(CONTRACT[0]), described)[0].category == "X"
    assert rank(printed(RECEIPT), described)[0].category == "Y"


@pytest.mark.parametrize("name", ["invoice", "Rechnung", "bills"])
def test_a_known_name_needs_no_description(name: str) -> None:
    assert rank(printed(invoice("NW-1")), [Category("letter"), Category(name)])[0].category == name
