"""All routes of the Doclo contract."""

from fastapi import APIRouter

from evidoc.contracts.doclo import flows, runs, webhooks


def routes() -> APIRouter:
    """The routes, to be served at the root."""
    router = APIRouter()
    for part in (flows, runs, webhooks):
        router.include_router(part.router)
    return router
