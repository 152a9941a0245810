"""A caller's regular expression: what it finds, what it is refused for, and that it cannot hang."""

import pytest

from evidoc.kernel.errors import InvalidRequest
from evidoc.kernel.finding import Feature, FeatureType
from evidoc.kernel.reading import Reading
from evidoc.understanding.extractors.pattern import PatternExtractor
from evidoc.understanding.pattern import LONGEST_PATTERN, MOST_MATCHES, compile_pattern, matches
from tests.understanding.printed import printed_page


def found(text: str, pattern: str) -> list[str]:
    page = printed_page(text)
    return [page.text[span.start : span.end] for page, span in matches([page], pattern)]


def test_every_match_is_found_in_order() -> None:
    assert found("order AB-1 and AB-22\nthen AB-333", r"AB-\d+") == ["AB-1", "AB-22", "AB-333"]


def test_a_group_named_value_wins_over_the_first_group() -> None:
    assert found("Policy no: X77", r"(Policy) no: (?P<value>\w+)") == ["X77"]


def test_the_first_group_that_took_part_is_the_value() -> None:
    assert found("Ref 12 Kd 34", r"Ref (\d+)|Kd (\d+)") == ["12", "34"]


def test_without_groups_the_whole_match_is_the_value() -> None:
    assert found("IBAN none", r"IBAN\s\w+") == ["IBAN none"]


def test_matches_go_over_line_feeds_as_written() -> None:
    assert found("Total\n12.50", r"Total\n(\d+\.\d\d)") == ["12.50"]


def test_ends_of_lines_are_the_ends_that_count() -> None:
    assert found("one 1\ntwo 2\nthree 3", r"^\w+ (\d)$") == ["1", "2", "3"]


def test_offsets_are_code_points_beyond_the_basic_plane_too() -> None:
    assert found("𝔘𝔫 Straße №７ 🧾 x9", r"\p{L}+ß\p{L}") == ["Straße"]
    assert found("🧾🧾 x9", r"x\d") == ["x9"]


def test_matches_without_a_printed_character_are_passed_over() -> None:
    assert found("a b", r"x*|\s") == []


def test_the_number_of_matches_is_bounded() -> None:
    assert len(found("a " * (MOST_MATCHES + 50), "a")) == MOST_MATCHES


@pytest.mark.parametrize(
    ("pattern", "because"),
    [
        ("", "empty"),
        ("[a-z", "not a regular expression"),
        ("(" * 450 + ")" * 450, "compiled"),
        (r"a{99999999}", "copies"),
        (r"(?:\(a{1000}){1000,}", "copies"),
        (r"(?:(?:[](]{100}){100}){100}", "copies"),
        ("a" * (LONGEST_PATTERN + 1), str(LONGEST_PATTERN)),
        ("(?R)", "calls"),
        (r"(a)(?1)", "calls"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_with_its_field(pattern: str, because: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        compile_pattern(pattern, "custom_entities[0].pattern")
    assert [detail.field for detail in refusal.value.details] == ["custom_entities[0].pattern"]
    assert because in refusal.value.details[0].message


def test_honest_repeats_are_no_bomb() -> None:
    assert found("DE44 5001 0517 5407 3249 31", r"[A-Z]{2}\d{2}(?: \d{4}){4}(?: \d{1,4}){0,3}") == [
        "DE44 5001 0517 5407 3249 31"
    ]
    compile_pattern(r"(?:[^\]({]{20}){0,99999}" + r"\w{1,50}" * 100)


def test_an_escaped_parenthesis_is_no_call() -> None:
    assert found("why (?R) so", r"\(\?R\)") == ["(?R)"]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(?:(?:a*)*b?)*$"])
def test_an_exponential_pattern_is_stopped_as_the_callers_fault(pattern: str) -> None:
    page = printed_page("a" * 5000 + "!")
    with pytest.raises(InvalidRequest, match="too long") as refusal:
        list(matches([page], pattern, "evil.pattern", seconds=0.2))
    assert [detail.field for detail in refusal.value.details] == ["evil.pattern"]


def test_candidates_carry_evidence_on_their_page() -> None:
    pages = (printed_page("nothing", 0), printed_page("see AB-1 here", 1))
    feature = Feature("code", FeatureType.PATTERN, pattern=r"AB-\d", many=True)
    [(asked, candidate)] = list(PatternExtractor().propose(Reading(pages), [feature]))
    [evidence] = candidate.value.evidence
    assert asked is feature
    assert (evidence.page_index, evidence.quote, evidence.box.x0) == (1, "AB-1", 24.0)
