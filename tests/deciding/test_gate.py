from dataclasses import replace

import pytest

from evidoc.deciding.gate import check
from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.errors import InternalError
from evidoc.kernel.finding import AttachmentSource, Candidate, Evidence, Feature, FeatureType, Finding, Value
from evidoc.kernel.reading import Box
from tests.deciding.findings import candidate, reading_of

READING = reading_of("Total 120.00 EUR")
GOOD = candidate(READING, "120.00", FeatureType.MONEY, 0.9)


def decision(chosen: Candidate) -> Decision:
    finding = Finding(Feature("total", FeatureType.MONEY), (chosen,))
    return Decision("dec_1", Verdict.KEEP, finding, (chosen,))


def altered(**changes: object) -> Candidate:
    return replace(GOOD, value=replace(GOOD.value, **changes))  # type: ignore[arg-type]


def moved(**changes: object) -> Candidate:
    piece: Evidence = replace(GOOD.value.evidence[0], **changes)  # type: ignore[arg-type]
    return altered(evidence=(piece,))


def test_what_holds_passes() -> None:
    check(READING, [decision(GOOD)])


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (altered(normalized="120.01"), "does not follow"),
        (altered(raw="120.00 EUR", normalized="120.00"), "not its quotes"),
        (altered(evidence=()), "neither evidence nor a source"),
        (moved(page_index=1), "no such page"),
        (moved(page_index=-1), "no such page"),
        (moved(char_end=99), "not on the page"),
        (moved(char_start=5, char_end=11), "not what stands there"),
        (moved(box=Box(0, 0, 5, 5)), "box does not cover"),
    ],
)
def test_each_broken_promise_is_caught_and_names_the_feature(broken: Candidate, named: str) -> None:
    with pytest.raises(InternalError, match=named) as raised:
        check(READING, [decision(broken)])
    assert "'total'" in raised.value.message


def test_candidates_that_were_not_chosen_are_checked_too() -> None:
    chosen = decision(GOOD)
    with pytest.raises(InternalError):
        check(READING, [replace(chosen, finding=replace(chosen.finding, candidates=(altered(normalized="1"),)))])


def test_a_value_of_an_attachment_needs_no_page() -> None:
    value = Value("120.00", "120.00", "money:point", (), None, AttachmentSource("a.xml", "/x", "120.00"))
    check(READING, [decision(replace(GOOD, value=value))])


def test_a_broken_cell_of_a_row_is_caught() -> None:
    row = {"amount": replace(GOOD.value, normalized="9")}
    with pytest.raises(InternalError):
        check(READING, [decision(replace(GOOD, rows=(row,)))])
