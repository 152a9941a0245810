"""Places whose law a contract may choose: states, provinces, and countries by their common names."""

import re

from evidoc.kernel.countries import COUNTRIES
from evidoc.kernel.months import plain

_STATES = """Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|
Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|
Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|
Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|
Wisconsin|Wyoming|District of Columbia|Puerto Rico|Ontario|Quebec|Québec|British Columbia|Alberta|Manitoba|
Saskatchewan|Nova Scotia|New Brunswick|Newfoundland|England and Wales|England & Wales|England|Wales|Scotland|
Northern Ireland|Hong Kong|Hong Kong SAR|New South Wales|Victoria|Queensland|Cayman Islands|British Virgin Islands|
Bermuda|Jersey|Guernsey|Isle of Man|Dubai International Financial Centre|Abu Dhabi|Bavaria|Zurich|Geneva|Catalonia|
Bundesrepublik Deutschland|People's Republic of China|PRC|USA|U.S.A.|United States of America|United Kingdom"""

_NAMES = frozenset(" ".join(name.split()).casefold() for name in _STATES.replace("\n", "").split("|"))
_LONGEST = 5
_WORD = re.compile(r"[^\W\d_][\w.'’-]*|&")


def place_after(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span of the first place named in ``text[start:end]``, the longest name where several begin there."""
    words = [found.span() for found in _WORD.finditer(text, start, end)]
    for first in range(len(words)):
        for count in range(min(_LONGEST, len(words) - first), 0, -1):
            span = words[first][0], words[first + count - 1][1]
            name = " ".join(text[slice(*span)].split()).rstrip(".,'’")
            if name[:1].isupper() and (name.casefold() in _NAMES or plain(name) in COUNTRIES):
                return span[0], span[1] - (1 if text[span[1] - 1] in ",.'’" else 0)
    return None


def place_before(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span of a place whose name ends ``text[start:end]`` (as in "New York law")."""
    words = [found.span() for found in _WORD.finditer(text, start, end)]
    for count in range(min(_LONGEST, len(words)), 0, -1):
        span = words[-count][0], words[-1][1]
        name = " ".join(text[slice(*span)].split()).rstrip(".,'’")
        if name[:1].isupper() and (name.casefold() in _NAMES or plain(name) in COUNTRIES):
            return span[0], span[0] + len(text[slice(*span)].rstrip(".,'’"))
    return None
