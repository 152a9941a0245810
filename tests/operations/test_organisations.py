"""Every question that a request puts to the database names the organisation that asks."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from evidoc.operations.keys import KeyOperations
from evidoc.storing.schema import metadata
from tests.flows.open_house import WHO, OpenHouse, task

_TABLES = "|".join(name for name, table in metadata.tables.items() if "org_id" in table.c)
OWNED = re.compile(rf"\b(FROM|UPDATE|INTO)\s+({_TABLES})\b")

WHETHER_NOBODY_HAS_IT = "SELECT document_keys.state FROM document_keys WHERE document_keys.document_id = ?"
"""Asked before content is removed, so that it can be nobody's, whatever went wrong before."""


@contextmanager
def statements_of_this_thread() -> Iterator[list[str]]:
    """What is asked of the house's database while the block runs; the engine's threads sweep all organisations."""
    asker = threading.get_ident()
    heard: list[str] = []

    def hear(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        database = str(connection.engine.url.database)
        if threading.get_ident() == asker and Path(database).name == "evidoc.sqlite" and OWNED.search(statement):
            heard.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def test_every_statement_names_the_organisation(house: OpenHouse, invoice: Path) -> None:
    keys = KeyOperations(house.house.store)
    triggers = [{"type": "document_upload"}]
    definition = {"tasks": [task("read", "text_extraction")], "triggers": triggers}
    with statements_of_this_thread() as heard:
        flow = house.flows.create(WHO, "a flow", "", definition)
        document = house.upload(invoice)
        (triggered,) = house.runs.list(WHO, flow.flow_id).items
        house.ended(triggered)
        house.ended(house.runs.start(WHO, flow.flow_id, document.document_id).run)
        house.runs.cancel(WHO, triggered.run_id, flow.flow_id)
        house.flows.update(WHO, flow.flow_id, name="renamed")
        house.flows.get(WHO, flow.flow_id)
        house.flows.list(WHO)
        house.flows.deactivate(WHO, flow.flow_id)
        house.documents.get(WHO, document.document_id)
        house.documents.list(WHO)
        house.analysis.entities(WHO, document.document_id, ["date"])
        b"".join(house.documents.content(WHO, document.document_id)[1])
        house.documents.delete(WHO, document.document_id)
        record, _ = keys.create(WHO.org_id, "a key", WHO.scopes)
        keys.list(WHO.org_id)
        keys.revoke(WHO.org_id, record.key_id)
    assert len(heard) > 30
    others = {" ".join(statement.split()) for statement in heard if not _names_the_organisation(statement)}
    assert others <= {WHETHER_NOBODY_HAS_IT}


def _names_the_organisation(statement: str) -> bool:
    _, where, conditions = statement.partition("WHERE")
    return "org_id = ?" in conditions if where else statement.startswith("INSERT") and "org_id" in statement
