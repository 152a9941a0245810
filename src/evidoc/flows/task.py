"""The promise that every task type keeps.

A task is tried again after a failure or a crash, so running it twice must do no more than running it once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from evidoc.flows.options import Option
from evidoc.flows.part import Output, in_document, part_of
from evidoc.kernel.errors import OutputUnfit
from evidoc.kernel.output import TaskOutput
from evidoc.kernel.reading import Reading
from evidoc.kernel.records import DocumentRecord, RunRecord
from evidoc.kernel.registry import Registry

if TYPE_CHECKING:
    from evidoc.flows.engine.engine import Durable
    from evidoc.flows.house import House
    from evidoc.flows.process import Processing


@dataclass(frozen=True, slots=True)
class Work:
    """What one task is asked to do: its config, the run and document, and what the tasks before it gave.

    ``before`` holds the outputs of every task that this one depends on, directly or through others. ``attempt``
    counts from 1 and stays the same when a try is made again that a kill interrupted. With ``durable`` it may wait.
    """

    house: "House"
    processing: "Processing"
    run: RunRecord
    document: DocumentRecord
    task_id: str
    config: Mapping[str, Any]
    before: Mapping[str, TaskOutput]
    attempt: int
    durable: "Durable"

    def from_reading(self, ask: Callable[[Reading], Output]) -> Output:
        """What ``ask`` finds in the pages that this run works on, by the document's own page numbers.

        Raises why the document cannot be read, and what ``ask`` raises.
        """
        reading = self.processing.reading_of(self.document, self.durable.stop)
        pages = self.run.pages
        if pages is None:
            return ask(reading)
        try:
            return in_document(ask(part_of(reading, pages)), pages[0])
        except OutputUnfit as unfit:
            if unfit.found is not None:
                unfit.found = in_document(unfit.found, pages[0])
            raise


class Task(Protocol):
    """One type of task. ``options`` is what its config may hold."""

    options: ClassVar[Mapping[str, Option]]

    def run(self, work: Work) -> TaskOutput:
        """Do it.

        An EvidocError fails the attempt with its code and message; those with a status of 500 and more may be
        tried again.
        """


TASK_TYPES: Mapping[str, str] = {
    "document_parser": "evidoc.flows.tasks.document_parser:DocumentParser",
    "text_extraction": "evidoc.flows.tasks.text_extraction:TextExtraction",
    "table_extraction": "evidoc.flows.tasks.table_extraction:TableExtraction",
    "entity_extraction": "evidoc.flows.tasks.entity_extraction:EntityExtraction",
    "document_classification": "evidoc.flows.tasks.document_classification:DocumentClassification",
    "summarization": "evidoc.flows.tasks.summarization:Summarization",
    "database_connector": "evidoc.flows.tasks.database_connector:DatabaseConnector",
    "join": "evidoc.flows.tasks.join:Join",
    "for_each": "evidoc.flows.tasks.for_each:ForEach",
    "trigger": "evidoc.flows.tasks.trigger:Trigger",
    "combine": "evidoc.flows.tasks.combine:Combine",
    "output": "evidoc.flows.tasks.output:Output",
    "extract": "evidoc.flows.tasks.extract:Extract",
    "categorize": "evidoc.flows.tasks.categorize:Categorize",
    "split": "evidoc.flows.tasks.split:Split",
}
"""Every task type that a definition may name, and the class that keeps the promise for it."""


def task_types(more: Mapping[str, str] | None = None) -> Registry[type[Task]]:
    """The table of task types; ``more`` adds types of one's own (name to import string)."""
    return Registry("task type", {**TASK_TYPES, **(more or {})})


def options_of(types: Registry[type[Task]], name: str) -> Mapping[str, Option] | None:
    """The options of a task type's config, or None for a type that does not exist."""
    return types.get(name).options if name in types else None
