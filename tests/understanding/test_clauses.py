import pytest

from evidoc.deciding.decide import decide
from evidoc.kernel.finding import Feature, FeatureType
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Reading
from evidoc.understanding.contract_text import is_contract_in_prose
from evidoc.understanding.extractors.clauses import ClauseExtractor
from evidoc.understanding.features import features_for
from evidoc.understanding.find import find

from .test_classify import INVOICE, reading_of

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


def opening(sentence: str) -> Reading:
    return reading_of(f"SERVICES AGREEMENT\n{sentence}\nWHEREAS the parties wish to trade with Old Dock Co. Ltd.")


def names(reading: Reading) -> list[str]:
    return sorted(normalized for _, normalized in best(reading, "parties"))


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
        ("governingLaw", "New York"),
        ("jurisdiction", "New York"),
    ],
)
def test_a_clause_answers_its_feature(name: str, normalized: str) -> None:
    assert best(CONTRACT, name)[0][1] == normalized


@pytest.mark.parametrize(
    ("sentence", "parties"),
    [
        (
            'This Agreement is made by and among (i) Nordwind Trading, Inc. ("Nordwind"), (ii) Dock Five, L.P.,\n'
            'a division of Harbour Holding Corp., and (iii) Ada Brook, an individual residing in Ohio (the "Agent").',
            ["Ada Brook", "Dock Five, L.P.", "Nordwind Trading, Inc."],
        ),
        (
            "This Agreement is entered into between Nordwind Trading Inc. d/b/a Northern Beans (“Seller”) with\n"
            "offices at 12 Quay Street, Albany, New York and nSail Limited (“Buyer”).",
            ["Nordwind Trading Inc. d/b/a Northern Beans", "nSail Limited"],
        ),
        (
            "This Agreement is made between the Royal Dock Company and Ada Brook.",
            ["Ada Brook", "Royal Dock Company"],
        ),
        (
            "Dieser Vertrag wird geschlossen zwischen der Nordwind Handel GmbH, mit Sitz in Kiel (nachfolgend\n"
            "„Verkäufer“) und der Hafen Kaffee AG (nachfolgend „Käufer“).",
            ["Hafen Kaffee AG", "Nordwind Handel GmbH"],
        ),
    ],
)
def test_the_parties_are_those_that_the_opening_names(sentence: str, parties: list[str]) -> None:
    assert names(opening(sentence)) == parties


def test_nobody_behind_the_recitals_is_a_party() -> None:
    assert names(CONTRACT) == ["Harbour Cafe LLC", "Nordwind Trading, Inc."]


def test_a_letter_has_the_parties_it_defines_and_who_signs() -> None:
    letter = reading_of(
        "May 4, 2021\nIn connection with a transaction with Nordwind Trading, Inc. (the “Company”), you agree\n"
        "to keep the Evaluation Material confidential.",
        "Very truly yours,\nNordwind Trading, Inc.\nBy: ____\nHarbour Cafe LLC\nBy: ____",
    )
    assert names(letter) == ["Harbour Cafe LLC", "Nordwind Trading, Inc."]
    assert best(letter, "agreement_date")[0][1] == "2021-05-04"


@pytest.mark.parametrize(
    ("sentence", "date"),
    [
        ("THIS LEASE made this 31st day of July, 2019 between Ada Brook, an individual, and Bo Ek.", "2019-07-31"),
        ("This Agreement is made as of the 31  day of July, 2019 by and between A Co Inc. and B Co Inc.", "2019-07-31"),
        ("This Agreement, effective as of July 31st, 2019, is between Dock Inc. and Quay Inc.", "2019-07-31"),
    ],
)  # fmt: skip
def test_the_day_that_the_opening_names_is_the_agreements(sentence: str, date: str) -> None:
    assert best(opening(sentence), "agreement_date")[0][1] == date


def test_a_blank_day_is_nobodys() -> None:
    blank = opening(
        "This Agreement is made this ___ day of ________, 2019 by and between Dock Inc. (“D”) and Quay Inc. (“Q”).\n"
        "It replaces the Supply Agreement dated as of May 4, 2011 (the “Old Agreement”)."
    )
    assert best(blank, "agreement_date") == []


def test_the_date_of_another_contract_is_not_this_ones() -> None:
    amendment = opening(
        "This Amendment to the Supply Agreement dated as of May 4, 2011 is made on June 5, 2012 by and between\n"
        "Dock Inc. (“D”) and Quay Inc. (“Q”)."
    )
    assert [date for _, date in best(amendment, "agreement_date")] == ["2012-06-05"]


@pytest.mark.parametrize(
    "text",
    [
        "Either party may terminate this Agreement with a notice period of two years.",
        "During the term of employment and for a period of one year the Employee shall not compete.",
    ],
)
def test_other_periods_are_not_the_term(text: str) -> None:
    (decision,) = decide(find(opening(text), features_for(["term"])))
    assert decision.selected == ()


def test_a_last_day_that_must_be_computed_is_not_proposed() -> None:
    assert best(opening("The term of this Agreement is two years from May 4, 2021."), "expiration_date") == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("COPY\nJOINT SALES AND\nMARKETING AGREEMENT\nNORDWIND TRADING, INC.", "JOINT SALES AND MARKETING AGREEMENT"),
        ("Exhibit 4.2\nAMENDMENT NO. 2 TO\nLEASE\ndated May 4, 2021", "AMENDMENT NO. 2 TO LEASE"),
        ("Dienstleistungsvertrag\nzwischen der Nordwind GmbH und der Hafen AG", "Dienstleistungsvertrag"),
        ("Dear Ada,\nThis Mutual Release Agreement is made as of May 4, 2021.", "Mutual Release Agreement"),
    ],
)  # fmt: skip
def test_the_title_is_as_many_lines_as_go_on(text: str, title: str) -> None:
    assert best(reading_of(text), "document_name")[0][1] == title


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


def test_in_a_contract_the_clause_is_asked_and_not_a_label_nearby() -> None:
    assert is_contract_in_prose(CONTRACT)
    decisions = decide(find(CONTRACT, features_for(["parties", "governing_law"])))
    assert all(candidate.proposed_by == "clauses" for decision in decisions for candidate in decision.selected)
    assert len(decisions[0].selected) == 2


def test_an_invoice_is_no_contract_and_keeps_its_labels() -> None:
    reading = reading_of(INVOICE + "\nEffective date 03/04/2026")
    assert not is_contract_in_prose(reading)
    (decision,) = decide(find(reading, features_for(["effective_date"])))
    assert decision.selected[0].proposed_by.startswith("rules")


def test_features_that_contracts_do_not_answer_are_passed_over() -> None:
    assert best(CONTRACT, "total_amount") == []


@pytest.mark.parametrize(
    "text",
    [
        "between " * 5000,
        "(“" * 5000,
        "A " * 20000,
        "law of " * 8000,
        "dated as of " * 4000,
        "this contract 1 year " * 4000,
        "between " + "Services" * 4000 + "!",
        "plan-" * 8000,
        "This Agreement May 1, 2020 " * 3000,
    ],
)
def test_hostile_text_ends(text: str) -> None:
    for name in ("parties", "governing_law", "agreement_date", "effective_date", "end_date", "term", "title"):
        best(reading_of(text.strip()), name)
