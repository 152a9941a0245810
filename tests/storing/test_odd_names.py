"""Names that no row can have, asked of every database alike."""

import pytest

from evidoc.kernel.errors import NotFound
from evidoc.storing.store import Store
from tests.storing.records import ORG


@pytest.mark.parametrize("name", ["\0", "x\0y", "doc_1\0"])
def test_what_is_asked_for_by_a_name_that_no_database_can_keep_is_not_there(store: Store, name: str) -> None:
    for ask in (store.documents.get, store.flows.find, store.flows.get, store.runs.get, store.deliveries.get):
        with pytest.raises(NotFound):
            ask(ORG, name)
    assert store.runs.list(ORG, name, 10, 0).total == 0
    assert store.documents.list(ORG, 10, 0, content_type=name).total == 0
    assert store.deliveries.list(ORG, 10, 0, run_id=name).total == 0
