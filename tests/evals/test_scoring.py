import pytest

from evals.scoring import DATE, IDENTIFIER, MONEY, NAME, Answer, calibration_error, coverage_at, interval, normal


def answer(*, right: bool, confidence: float, document: str = "a") -> Answer:
    return Answer(document, "total", MONEY, ("1.00",), "1.00" if right else "2.00", None, confidence, "dmy")


@pytest.mark.parametrize(
    ("kind", "one", "other", "order"),
    [
        (MONEY, "RM 1,234.50", "1234.50", "dmy"),
        (MONEY, "1.234,50 €", "1234.50", "dmy"),
        (MONEY, "$5,200", "5200.00", "mdy"),
        (MONEY, "-8,79", "-8.79", "dmy"),
        (DATE, "2020-02-17", "Feb17/20", "mdy"),
        (DATE, "2017-11-27", "27/11/2017", "dmy"),
        (DATE, "2019-11-18", "11/18/19", "mdy"),
        (IDENTIFIER, "9641183 (Rev 0)", "9641183-REV0", "mdy"),
        (NAME, "Acme, Inc.", "ACME INC", "mdy"),
    ],
)
def test_what_means_the_same_is_the_same(kind: str, one: str, other: str, order: str) -> None:
    assert normal(kind, one, order) == normal(kind, other, order) != ""


def test_different_amounts_stay_different() -> None:
    assert normal(MONEY, "1.00", "dmy") != normal(MONEY, "100.00", "dmy")
    assert normal(MONEY, "5", "dmy") != normal(MONEY, "-5", "dmy")


def test_an_abstention_is_not_right() -> None:
    silent = Answer("a", "total", MONEY, ("",), None, None, 0.0, "dmy")
    assert not silent.right
    assert not silent.strictly_right


def test_calibration_error_is_the_gap_between_said_and_true() -> None:
    answers = [answer(right=number % 2 == 0, confidence=0.5) for number in range(30)]
    assert calibration_error(answers) == pytest.approx(0.0)
    assert calibration_error([answer(right=False, confidence=0.9) for _ in range(30)]) == pytest.approx(0.9)


def test_coverage_counts_answers_down_to_the_confidence_that_holds_the_precision() -> None:
    answers = [answer(right=True, confidence=0.9)] * 50 + [answer(right=False, confidence=0.1)] * 50
    assert coverage_at(answers, 0.99) == 0.5


def test_the_interval_resamples_documents_not_answers() -> None:
    low, high = interval(["a"] * 50 + ["b"] * 50, [1.0] * 50 + [0.0] * 50)
    assert (low, high) == (0.0, 1.0)
