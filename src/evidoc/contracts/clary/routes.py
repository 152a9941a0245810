"""All routes of the Clary contract."""

from fastapi import APIRouter

from evidoc.contracts.clary import analysis, documents, executions, health, workflows


def routes() -> APIRouter:
    """The routes, to be served at the root."""
    router = APIRouter()
    for part in (health, documents, workflows, executions, analysis):
        router.include_router(part.router)
    return router
