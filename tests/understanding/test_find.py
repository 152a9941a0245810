from evidoc.deciding.decide import decide
from evidoc.deciding.gate import check
from evidoc.understanding.features import features_for
from evidoc.understanding.find import MOST_CANDIDATES, find
from tests.understanding.printed import printed


def test_one_finding_for_each_feature_in_order_best_first() -> None:
    reading = printed("Invoice No.  4711-A\nDate  03.04.2020\nTotal  10.00 EUR")
    findings = find(reading, features_for(["total", "invoice_number", "nothing_of_that_kind_no"]))
    assert [finding.feature.name for finding in findings] == ["total", "invoice_number", "nothing_of_that_kind_no"]
    for finding in findings:
        scores = [candidate.score for candidate in finding.candidates]
        assert scores == sorted(scores, reverse=True)
        assert len({candidate.candidate_id for candidate in finding.candidates}) == len(scores)
        assert all(0 <= score <= 1 for score in scores)


def test_every_candidate_says_who_proposed_it_and_from_what_signals() -> None:
    (finding,) = find(printed("Invoice No.  4711-A"), features_for(["invoice_number"]))
    best = finding.candidates[0]
    assert "rules" in best.proposed_by
    assert best.signals["row"] > 0.5


def test_candidates_are_bounded_and_what_is_decided_passes_the_gate() -> None:
    reading = printed(
        *("\n".join(f"Total {number}.00   Date 0{number % 9 + 1}.01.2020" for number in range(60)) for _ in range(3))
    )
    findings = find(reading, features_for(["total", "invoice_date", "line_items"]))
    assert all(len(finding.candidates) <= MOST_CANDIDATES for finding in findings)
    check(reading, decide(findings))
