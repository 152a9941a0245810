"""Month names as they are printed, in eight languages, for reading dates."""

import unicodedata

_NAMES = (
    "january jan januar jaenner janner janvier janv enero ene januari gennaio gen janeiro styczen stycznia",
    "february feb febr februar feber fevrier fevr fev febrero februari febbraio fevereiro luty lutego",
    "march mar maerz marz mrz mars marzo maart mrt marco marzec marca",
    "april apr avril avr abril abr aprile kwiecien kwietnia",
    "may mai mayo mei maggio mag maio maj maja",
    "june jun juni juin junio giugno giu junho czerwiec czerwca",
    "july jul juli juillet juil julio luglio lug julho lipiec lipca",
    "august aug aout agosto ago augustus agostus sierpien sierpnia",
    "september sep sept septembre septiembre set settembre setembro wrzesien wrzesnia",
    "october oct oktober okt octobre octubre ottobre ott outubro out pazdziernik pazdziernika",
    "november nov novembre noviembre novembro listopad listopada",
    "december dec dezember dez decembre diciembre dic dicembre dezembro grudzien grudnia",
)

MONTHS: dict[str, int] = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
"""Name or abbreviation, lower case and without accents, to the month's number."""


def plain(text: str) -> str:
    """Lower case without accents, ``ß`` as ``ss``: how names are looked up. May change the length."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))
