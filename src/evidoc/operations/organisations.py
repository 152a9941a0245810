"""Organisations: made, listed, renamed, and how many requests a minute each may make."""

import re

from evidoc.kernel import clock
from evidoc.kernel.errors import Detail, InvalidRequest, NotFound
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import BUILTIN_ORG
from evidoc.kernel.records import Organisation
from evidoc.storing.organisations import Organisations
from evidoc.storing.store import Store

_ID = re.compile(r"org_[A-Za-z0-9_-]{1,54}")
_MOST_REQUESTS = 10**9


class OrganisationOperations:
    """The verbs for organisations. They are the operator's: no key can call them."""

    def __init__(self, store: Store) -> None:
        self._organisations = store.organisations

    def create(self, name: str, org_id: str | None = None) -> Organisation:
        """A new organisation, with this id or one of our making. Raises InvalidRequest, Conflict."""
        faults = _faults_of_name(name)
        if org_id is not None and (not _ID.fullmatch(org_id) or org_id == BUILTIN_ORG):
            faults.append(
                Detail(
                    "id", "must be org_ and up to 54 letters, digits, hyphens or underscores, and not taken by Evidoc"
                )
            )
        if faults:
            raise InvalidRequest(details=faults)
        record = Organisation(org_id or new_id("org"), name.strip(), clock.now())
        self._organisations.add(record)
        return record

    def get(self, org_id: str) -> Organisation:
        """One organisation. Raises NotFound, saying how to make it."""
        return known_organisation(self._organisations, org_id)

    def list(self) -> tuple[Organisation, ...]:
        """All organisations, oldest first."""
        return self._organisations.list()

    def rename(self, org_id: str, name: str) -> Organisation:
        """Call it by another name; its id stays. Raises InvalidRequest, NotFound."""
        if faults := _faults_of_name(name):
            raise InvalidRequest(details=faults)
        self.get(org_id)
        self._organisations.rename(org_id, name.strip())
        return self.get(org_id)

    def limit(self, org_id: str, requests_per_minute: int | None) -> Organisation:
        """Let each side make so many requests a minute; None for the server's setting. Raises InvalidRequest, NotFound.

        Every server keeps to it within a second.
        """
        if requests_per_minute is not None and not 1 <= requests_per_minute <= _MOST_REQUESTS:
            raise InvalidRequest(details=[Detail("requests_per_minute", f"must be from 1 to {_MOST_REQUESTS}")])
        self.get(org_id)
        self._organisations.set_limit(org_id, requests_per_minute)
        return self.get(org_id)


def known_organisation(organisations: Organisations, org_id: str) -> Organisation:
    """The organisation with exactly this id: a side of one is none. Raises NotFound, saying how to make it."""
    try:
        found = organisations.get(org_id)
    except NotFound:
        found = None
    if found is None or found.org_id != org_id:
        raise NotFound(
            f"There is no organisation {org_id!r}; make it first with: evidoc orgs create NAME --id {org_id}"
        )
    return found


def _faults_of_name(name: str) -> list[Detail]:
    return [] if name.strip() else [Detail("name", "must not be empty")]
