import pytest

from evidoc.kernel.finding import FeatureType
from evidoc.kernel.normalise import normalise
from evidoc.understanding.recognisers import amounts, contacts, dates, identifiers, names, terms
from evidoc.understanding.recognisers.addresses import address_line_fit, has_postal_code
from evidoc.understanding.recognisers.spot import Spot


def said(text: str, spots: list[Spot]) -> list[tuple[str, str]]:
    return [("\n".join(text[start:end] for start, end in spot.spans), spot.normalized) for spot in spots]


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("due 11/18/2019.", "mdy", ["2019-11-18"]),
        ("vom 25.04.2018 bis", "dmy", ["2018-04-25"]),
        ("signed March 12, 1987 in town", "dmy", ["1987-03-12"]),
        ("le 3 août 2021", "dmy", ["2021-08-03"]),
        ("el 5 de mayo de 2021", "dmy", ["2021-05-05"]),
        ("op 18 april 2014", "dmy", ["2014-04-18"]),
        ("il 7 luglio 2020", "dmy", ["2020-07-07"]),
        ("em 9 de fevereiro de 2020", "dmy", ["2020-02-09"]),
        ("am 1. Dezember 2020", "dmy", ["2020-12-01"]),
        ("at 2015/04/09 13:12:11", "mdy", ["2015-04-09"]),
        ("2020年3月5日", "dmy", ["2020-03-05"]),
        ("version 1.2.3.4 and phone 03-5550-0123", "dmy", []),
        ("31/31/2020", "dmy", []),
    ],
)
def test_dates_in_many_forms_and_languages(text: str, order: str, expected: list[str]) -> None:
    assert [spot.normalized for spot in dates.dates(text, order)] == expected


def test_one_date_beyond_the_twelfth_settles_the_order_of_the_document() -> None:
    assert dates.vote("03/04/2020 and 03/25/2020") == {"mdy": 1}
    assert dates.vote("03/04/2020 and 25/03/2020") == {"dmy": 1}


@pytest.mark.parametrize("joint", [" - ", "-", " to ", " bis ", " au ", " – ", "\t-\t"])
def test_the_ends_of_a_range_know_their_place(joint: str) -> None:
    text = f"Period 11/18/19{joint}02/16/20"
    assert [(spot.normalized, spot.place) for spot in dates.dates(text, "mdy")] == [
        ("2019-11-18", "first"),
        ("2020-02-16", "second"),
    ]


def test_an_open_start_borrows_the_year_as_a_second_piece() -> None:
    text = "Zeitraum 01.10. - 31.10.2018"
    first, second = dates.dates(text, "dmy")
    assert said(text, [first]) == [("01.10\n2018", "2018-10-01")]
    assert (first.place, second.place) == ("first", "second")


@pytest.mark.parametrize(
    ("text", "mark", "expected", "unit"),
    [
        ("Total $4,718.00", "point", "4718.00", "USD"),
        ("RM47.20", "point", "47.20", "MYR"),
        ("1.234,56 €", "point", "1234.56", "EUR"),
        ("EUR 1 234,50", "point", "1234.50", "EUR"),
        ("(45.00)", "point", "-45.00", None),
        ("-6.41", "point", "-6.41", None),
        ("CHF 1'250.00", "point", "1250.00", "CHF"),
        ("9.000", "comma", "9000.00", None),
        ("0,79€", "comma", "0.79", "EUR"),
    ],
)
def test_money_with_its_sign_separators_and_currency(text: str, mark: str, expected: str, unit: str | None) -> None:
    (money,) = (spot for spot in amounts.amounts(text, mark) if spot.type is FeatureType.MONEY)
    assert (money.normalized, money.unit) == (expected, unit)


def test_a_percentage_is_no_money_and_a_numbering_is_no_amount() -> None:
    assert [spot.type for spot in amounts.amounts("19 %", "comma")] == [FeatureType.PERCENT]
    assert amounts.amounts("00.123.456.7 and 12:30 and 02/03", "point") == []


def test_a_dash_between_two_things_is_no_minus() -> None:
    assert "-3.00" not in [spot.normalized for spot in amounts.amounts("room 12 - 3", "point")]


def test_checksums_tell_real_numbers_from_likenesses() -> None:
    (good,) = identifiers.ibans("IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX")
    (bad,) = identifiers.ibans("IBAN DE88 3704 0044 0532 0130 00 BIC COBADEFFXXX")
    assert (good.quality, good.normalized) == (1.0, "DE89370400440532013000")
    assert bad.quality < 0.5
    (vat,) = identifiers.vat_ids("USt-IdNr. DE136695976")
    assert vat.quality == 1.0


@pytest.mark.parametrize("number", ["RE-20190714/318", "INV/2021/07/0042", "4471903 (Rev 0)", "TV0093571"])
def test_identifiers_keep_their_inner_marks(number: str) -> None:
    text = f"No {number} of"
    assert number in [text[spot.start : spot.end] for spot in identifiers.identifiers(text)]


def test_contacts_and_terms() -> None:
    text = "Mail jo@example.org or www.example.org, phone +49 89 1234567, net 30 days, Germany, EUR"
    assert [spot.normalized for spot in contacts.emails(text)] == ["jo@example.org"]
    assert "www.example.org" in [spot.normalized for spot in contacts.urls(text)]
    assert [spot.normalized for spot in contacts.phones(text)] == ["+49891234567"]
    assert [spot.normalized for spot in terms.durations(text)] == ["P30D"]
    assert [spot.normalized for spot in terms.countries(text)] == ["DE"]
    assert [spot.normalized for spot in terms.currencies(text)] == ["EUR"]


@pytest.mark.parametrize(
    "name",
    [
        "Nordwind Logistik GmbH & Co. KG",
        "Acme Tools, Inc.",
        "Voorbeeld B.V.",
        "Exemple Conseil SARL",
        "Ejemplo S.L.",
        "SUN MART SDN BHD",
    ],
)
def test_organisations_by_their_legal_form(name: str) -> None:
    text = f"delivered by {name}"
    assert name in [text[spot.start : spot.end] for spot in names.organizations(text)]


@pytest.mark.parametrize(
    "line",
    [
        "80333 München",
        "Springfield, IL 62701",
        "London SW1B 3BN",
        "1012 AB Amsterdam",
        "75018 Paris",
        "00-950 Warszawa",
    ],
)
def test_postal_codes_of_many_countries(line: str) -> None:
    assert has_postal_code(line)
    assert address_line_fit(line) == 1.0


HOSTILE = [
    "9" * 20_000,
    "1,234" * 5_000,
    "12/" * 8_000,
    "a1-" * 8_000,
    " " * 30_000,
    "A" * 30_000,
    "(" * 20_000,
    "1 " * 15_000,
]
HOSTILE += [
    "Ab " * 10_000,
    "a@" * 10_000,
    "DE" * 10_000,
    "1.1.1." * 5_000,
    "EUR " * 8_000,
    "\t-\t1" * 5_000,
    "x@x." * 8_000,
    "March " * 5_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_pattern_runs_away_on_hostile_text(text: str) -> None:
    everything = [*dates.dates(text, "dmy"), *amounts.amounts(text, "point"), *identifiers.identifiers(text)]
    everything += [
        *identifiers.ibans(text),
        *identifiers.vat_ids(text),
        *identifiers.bics(text),
        *contacts.emails(text),
    ]
    everything += [*contacts.urls(text), *contacts.phones(text), *terms.durations(text), *terms.countries(text)]
    everything += [*terms.currencies(text), *names.organizations(text)]
    for spot in everything:
        assert normalise(spot.rule, "\n".join(text[start:end] for start, end in spot.spans)) == spot.normalized


@pytest.mark.parametrize("text", ["Nr. KR20240011345 vom", "RM20240011345", "EUR4711008150"])
def test_a_long_number_with_letters_glued_to_it_is_no_amount(text: str) -> None:
    assert amounts.amounts(text, "comma") == []


@pytest.mark.parametrize(
    ("text", "value"), [("RM12.60", "12.60"), ("EUR 1234567", "1234567.00"), ("kr1200", "1200.00")]
)
def test_a_currency_before_an_amount_may_be_glued_to_it(text: str, value: str) -> None:
    assert value in [spot.normalized for spot in amounts.amounts(text, "point") if spot.type is FeatureType.MONEY]


def test_a_year_looks_less_like_an_assigned_number_than_another_of_its_length() -> None:
    (year,), (other,) = identifiers.identifiers("1987"), identifiers.identifiers("4711")
    assert year.quality < other.quality


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("NORDWIND TOOLS SDN BHD (123456-T)", "NORDWIND TOOLS SDN BHD"),
        ("Nordwind Tools (Company No. 123456)", "Nordwind Tools"),
        ("#000012 NORDWIND TOOLS", "NORDWIND TOOLS"),
        ("Nordwind for Harbour (136881)", "Nordwind for Harbour (136881)"),
        ("99 Nordwind Shops", "99 Nordwind Shops"),
    ],
)
def test_register_numbers_are_no_part_of_a_name_but_an_owners_code_may_be(text: str, name: str) -> None:
    start, end = names.name_in(text)
    assert text[start:end] == name


@pytest.mark.parametrize("line", ["47 Elm Road, Nordwind Ltd and its partners sell anything", "(c) Nordwind Ltd 2020"])
def test_a_legal_form_inside_a_line_makes_the_line_no_name(line: str) -> None:
    assert names.organization_fit(line) < names.organization_fit("Nordwind Ltd")
