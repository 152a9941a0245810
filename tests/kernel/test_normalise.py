import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.kernel.normalise import RULES, normalise


@pytest.mark.parametrize(
    ("rule", "raw", "normalized"),
    [
        ("date:mdy", "11/18/19", "2019-11-18"),
        ("date:dmy", "03/04/2020", "2020-04-03"),
        ("date:mdy", "03/04/2020", "2020-03-04"),
        ("date:dmy", "2020-03-05", "2020-03-05"),
        ("date:dmy", "31.12.69", "2069-12-31"),
        ("date:dmy", "31.12.70", "1970-12-31"),
        ("date:mdy", "Feb17/20", "2020-02-17"),
        ("date:dmy", "28th day of December\n1976", "1976-12-28"),
        ("date:dmy", "1. März 2020", "2020-03-01"),
        ("date:dmy", "1er juillet 2015", "2015-07-01"),
        ("date:dmy", "5 de mayo de 2021", "2021-05-05"),
        ("date:dmy", "18 maart 2014", "2014-03-18"),
        ("date:dmy", "3 dicembre 2019", "2019-12-03"),
        ("date:ymd", "20200305", "2020-03-05"),
        ("date:dmy", "March 2009", "2009-03"),
        ("date:dmy", "01.10.\n2018", "2018-10-01"),
        ("date:mdy", "27/11/2017", ""),
        ("date:dmy", "31.02.2020", ""),
        ("money:point", "$4,718.00", "4718.00"),
        ("money:point", "5,200", "5200.00"),
        ("money:point", "(45.00)", "-45.00"),
        ("money:point", "12.00-", "-12.00"),
        ("money:comma", "1.234,5 EUR", "1234.50"),
        ("money:point", "CHF 1'250.00", "1250.00"),
        ("money:point", "1,25,000.00", "125000.00"),
        ("money:point", "-.02", "-0.02"),
        ("money:point", "Rs.500", "500.00"),
        ("decimal:comma", "2,500", "2.500"),
        ("decimal:point", "19 %", "19"),
        ("identifier", "RE-2020/17", "RE202017"),
        ("iban", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("text", "  two \n words ", "two words"),
        ("address", "Main St 1,\n12345 Town", "Main St 1, 12345 Town"),
        ("phone", "+49 (0)89 12-34", "+49891234"),
        ("email", "A.B@Example.ORG", "a.b@example.org"),
        ("currency", "€", "EUR"),
        ("country", "Österreich", "AT"),
        ("duration", "thirty (30) days", "P30D"),
        ("duration", "zwei Jahre", "P2Y"),
        ("boolean", "Ja", "true"),
        ("money:point", "no amount", ""),
    ],
)
def test_each_rule_says_what_its_name_promises(rule: str, raw: str, normalized: str) -> None:
    assert normalise(rule, raw) == normalized


def test_an_unknown_rule_names_the_known_ones() -> None:
    with pytest.raises(LookupError, match="date:dmy"):
        normalise("date:ydm", "x")


@given(st.sampled_from(sorted(RULES)), st.text(max_size=60))
def test_every_rule_is_total_and_pure(rule: str, raw: str) -> None:
    assert normalise(rule, raw) == normalise(rule, raw)


def test_very_many_digits_are_no_trouble() -> None:
    for rule in RULES:
        normalise(rule, "9" * 100_000)
