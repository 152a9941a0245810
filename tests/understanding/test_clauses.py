import pytest

from evidoc.kernel.finding import Feature, FeatureType
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Reading
from evidoc.understanding.extractors.clauses import ClauseExtractor

from .test_classify import reading_of

CONTRACT = reading_of(
    "Exhibit 10.1\nSUPPLY AND SERVICES\nAGREEMENT\n"
    'This Supply and Services Agreement is made and entered into as of March 3, 2021 (the "Effective\n'
    'Date") by and between Nordwind Trading, Inc., a Delaware corporation ("Nordwind"), and Harbour\n'
    "Cafe LLC, a Texas limited liability company (the “Customer”).\n"
    "WHEREAS Nordwind sells coffee to Blue Bay Bank Ltd.",
    "12. Term. This Agreement shall remain in effect for a period of two (2) years, and shall expire on\n"
    "March 2, 2023 unless either party gives notice within thirty (30) days.\n"
    "13. Law. This Agreement shall be governed by and construed in accordance with the laws of the State of\n"
    "New York, without regard to conflicts. Nordwind is organized under the laws of the State of Delaware.",
)


def best(reading: Reading, name: str) -> list[tuple[str, str]]:
    """The proposals for a feature as (raw, normalised), best first; each is checked against its page."""
    feature = Feature(name, FeatureType.TEXT)
    candidates = [candidate for _, candidate in ClauseExtractor().propose(reading, [feature])]
    for candidate in candidates:
        assert normalise(candidate.value.rule, candidate.value.raw) == candidate.value.normalized
        for piece in candidate.value.evidence:
            assert reading.pages[piece.page_index].text[piece.char_start : piece.char_end] == piece.quote
    candidates.sort(key=lambda candidate: -candidate.score)
    return [(candidate.value.raw, candidate.value.normalized) for candidate in candidates]


@pytest.mark.parametrize(
    ("name", "normalized"),
    [
        ("document_name", "SUPPLY AND SERVICES AGREEMENT"),
        ("contract title", "SUPPLY AND SERVICES AGREEMENT"),
        ("agreement_date", "2021-03-03"),
        ("effective_date", "2021-03-03"),
        ("expiration_date", "2023-03-02"),
        ("term", "P2Y"),
        ("governing_law", "New York"),
        ("jurisdiction", "New York"),
    ],
)
def test_a_clause_answers_its_feature(name: str, normalized: str) -> None:
    assert best(CONTRACT, name)[0][1] == normalized


def test_parties_are_those_before_the_recitals() -> None:
    names = [normalized for _, normalized in best(CONTRACT, "parties")]
    assert names[:2] == ["Nordwind Trading, Inc.", "Harbour Cafe LLC"]
    assert not any("Bank" in name for name in names)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Dieser Vertrag unterliegt dem Recht der Bundesrepublik Deutschland.", "Bundesrepublik Deutschland"),
        ("Le présent contrat est régi par le droit de la France.", "France"),
        ("This deed is governed by English law and the laws of England and Wales.", "England and Wales"),
        ("THIS AGREEMENT SHALL BE GOVERNED BY THE LAWS OF THE STATE OF GEORGIA (WITHOUT ...)", "GEORGIA"),
        ("This Agreement is governed by New York law.", "New York"),
    ],
)
def test_governing_law_in_several_wordings(text: str, place: str) -> None:
    assert best(reading_of(text), "governing_law")[0][1] == place


def test_a_day_of_a_month_written_out() -> None:
    reading = reading_of(
        "LEASE\nTHIS LEASE made this 31st day of July, 2019 between Anna Holm, an individual, and Bo Ek"
    )
    assert best(reading, "agreement_date")[0][1] == "2019-07-31"


def test_features_that_contracts_do_not_answer_are_passed_over() -> None:
    assert best(CONTRACT, "total_amount") == []


@pytest.mark.parametrize(
    "text", ["between " * 5000, "(“" * 5000, "A " * 20000, "law of " * 8000, "dated as of " * 4000]
)
def test_hostile_text_ends(text: str) -> None:
    for name in ("parties", "governing_law", "agreement_date", "term", "title"):
        best(reading_of(text.strip()), name)
