from evidoc.deciding.decide import KEEP, REVIEW, decide
from evidoc.kernel.decision import Verdict
from evidoc.kernel.finding import Feature, FeatureType, Finding
from tests.deciding.findings import finding, reading_of

MONEY, DATE, IDENTIFIER = FeatureType.MONEY, FeatureType.DATE, FeatureType.IDENTIFIER
READING = reading_of("100.00 20.00 120.00 95.00 01.02.2020 01.03.2020 01.01.2020 A-1 B-2")


def test_nothing_found_is_missing_and_says_so() -> None:
    (decision,) = decide([Finding(Feature("total", MONEY), ())])
    assert (decision.verdict, decision.selected, decision.reasons) == (Verdict.MISSING, (), ("no_candidate",))


def test_a_clear_lead_is_kept() -> None:
    (decision,) = decide([finding(READING, "invoice_number", IDENTIFIER, ("A-1", 0.99), ("B-2", 0.01))])
    assert decision.verdict is Verdict.KEEP
    assert decision.selected[0].value.raw == "A-1"
    assert decision.selected[0].confidence >= KEEP


def test_a_rival_just_behind_wants_a_person() -> None:
    (decision,) = decide([finding(READING, "invoice_number", IDENTIFIER, ("A-1", 0.8), ("B-2", 0.79))])
    assert decision.verdict is Verdict.REVIEW
    assert "unsure" in decision.reasons
    assert REVIEW <= decision.selected[0].confidence < KEEP


def test_weak_evidence_is_not_said_at_all() -> None:
    (decision,) = decide([finding(READING, "total", MONEY, ("95.00", 0.02), ("20.00", 0.02))])
    assert (decision.verdict, decision.selected) == (Verdict.MISSING, ())
    assert "weak_evidence" in decision.reasons
    assert decision.finding.candidates


def test_amounts_that_add_up_are_chosen_together() -> None:
    decisions = decide(
        [
            finding(READING, "net_amount", MONEY, ("100.00", 0.9)),
            finding(READING, "tax_amount", MONEY, ("20.00", 0.9)),
            finding(READING, "total_amount", MONEY, ("95.00", 0.7), ("120.00", 0.6)),
        ]
    )
    assert [decision.selected[0].value.normalized for decision in decisions] == ["100.00", "20.00", "120.00"]
    assert all("net_plus_tax_is_gross" in decision.reasons for decision in decisions)


def test_a_sum_is_no_reason_to_take_what_is_clearly_worse() -> None:
    decisions = decide(
        [
            finding(READING, "net_amount", MONEY, ("100.00", 0.9)),
            finding(READING, "tax_amount", MONEY, ("20.00", 0.9)),
            finding(READING, "total_amount", MONEY, ("95.00", 0.999), ("120.00", 0.01)),
        ]
    )
    assert decisions[2].finding.candidates[0].value.normalized == "95.00"
    assert all("net_plus_tax_is_gross" not in decision.reasons for decision in decisions)


def test_the_two_ends_of_one_printed_range_belong_together() -> None:
    reading = reading_of("01.02.2020 - 01.03.2020 then 05.03.2020")
    first, second = decide(
        [
            finding(reading, "period_from", DATE, ("01.02.2020", 0.9)),
            finding(reading, "period_to", DATE, ("05.03.2020", 0.85), ("01.03.2020", 0.8)),
        ]
    )
    assert second.selected[0].value.normalized == "2020-03-01"
    assert "both_ends_of_one_range" in first.reasons


def test_a_due_date_before_the_issue_is_reported() -> None:
    decisions = decide(
        [
            finding(READING, "invoice_date", DATE, ("01.02.2020", 0.99)),
            finding(READING, "due_date", DATE, ("01.01.2020", 0.99)),
        ]
    )
    assert all("due_before_issue" in decision.reasons for decision in decisions)


def test_nobody_invoices_himself() -> None:
    reading = reading_of("Nordwind Harbour")
    vendor = finding(reading, "vendor_name", FeatureType.ORGANIZATION, ("Nordwind", 0.95))
    same = finding(reading, "customer_name", FeatureType.ORGANIZATION, ("Nordwind", 0.9))
    kept, left = decide([vendor, same])
    assert kept.selected[0].value.raw == "Nordwind"
    assert (left.verdict, left.reasons) == (Verdict.MISSING, ("same_as_the_other_party",))
    other = finding(reading, "customer_name", FeatureType.ORGANIZATION, ("Nordwind", 0.9), ("Harbour", 0.6))
    assert [decision.selected[0].value.raw for decision in decide([vendor, other])] == ["Nordwind", "Harbour"]


def test_many_keeps_every_likely_value() -> None:
    (decision,) = decide([finding(READING, "codes", IDENTIFIER, ("A-1", 0.99), ("B-2", 0.98), many=True)])
    assert [kept.value.raw for kept in decision.selected] == ["A-1", "B-2"]


def test_what_was_read_exactly_brings_its_own_probability() -> None:
    (decision,) = decide([finding(READING, "total", MONEY, ("120.00", 0.995), by="embedded_xml")])
    assert decision.selected[0].confidence == 0.995


def test_confidence_grows_with_the_score_and_with_the_lead() -> None:
    def sure(score: float, rival: float) -> float:
        (decision,) = decide([finding(READING, "invoice_number", IDENTIFIER, ("A-1", score), ("B-2", rival))])
        return decision.selected[0].confidence if decision.selected else 0.0

    assert sure(0.6, 0.1) <= sure(0.9, 0.1) <= sure(0.99, 0.1)
    assert sure(0.9, 0.8) <= sure(0.9, 0.5) <= sure(0.9, 0.05)
