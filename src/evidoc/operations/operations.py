"""All verbs of the house in one bundle: what every door is given."""

from dataclasses import dataclass

from evidoc.flows.engine.ends import Ends
from evidoc.operations.analysis import AnalysisOperations
from evidoc.operations.documents import DocumentOperations
from evidoc.operations.flows import FlowOperations
from evidoc.operations.runs import RunOperations
from evidoc.operations.webhooks import WebhookOperations


@dataclass(frozen=True, slots=True)
class Operations:
    """What the house can be asked to do, and the ends of runs that may be waited for."""

    documents: DocumentOperations
    flows: FlowOperations
    runs: RunOperations
    analysis: AnalysisOperations
    webhooks: WebhookOperations
    ends: Ends
