"""What flows work with: the rooms of one running house, built by the server and handed in."""

from dataclasses import dataclass, field

from evidoc.delivering.rows import Rows
from evidoc.flows.task import Task, task_types
from evidoc.flows.understand import Understander
from evidoc.kernel.registry import Registry
from evidoc.reaching.fetcher import Fetcher
from evidoc.reading.read import DocumentReader
from evidoc.storing.store import Store


@dataclass(frozen=True, slots=True)
class House:
    """The rooms that tasks and processing use. ``rows`` are the databases that a flow may write to, ``fetcher`` the
    way to addresses that callers gave.
    """

    store: Store
    reader: DocumentReader
    understander: Understander
    rows: Rows
    task_types: Registry[type[Task]] = field(default_factory=task_types)
    fetcher: Fetcher = field(default_factory=Fetcher)
