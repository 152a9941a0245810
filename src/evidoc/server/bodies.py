"""Errors in the body of the contract that owns what was asked for."""

from collections.abc import Callable, Mapping

from starlette.responses import JSONResponse

from evidoc.contracts.clary import errors as clary
from evidoc.contracts.doclo import errors as doclo
from evidoc.contracts.owners import Contract, owner_of
from evidoc.kernel.errors import EvidocError

_RENDERERS: Mapping[Contract, Callable[[EvidocError, str, Mapping[str, str] | None], JSONResponse]] = {
    Contract.CLARY: clary.render,
    Contract.DOCLO: doclo.render,
}


def body_of(
    error: EvidocError, method: str, path: str, request_id: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The answer that ``error`` is to a request of this method to this path."""
    return _RENDERERS[owner_of(method, path)](error, request_id, headers)
