"""The paging parameters of every list."""

import re
from typing import Annotated, Any

from fastapi import Query
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _in_digits(value: Any) -> Any:
    """``value`` if it is written as a whole number; Pydantic would take "1.0", "+5" and "5_0" as well."""
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]+", value):
        raise PydanticCustomError("whole_number", "Input should be a whole number, in digits alone")
    return value


_Whole = Annotated[int, BeforeValidator(_in_digits)]

Limit = Annotated[_Whole, Query(ge=1, le=100, description="How many at most")]
Offset = Annotated[_Whole, Query(ge=0, le=1_000_000_000, description="How many to pass over")]
