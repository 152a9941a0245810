"""Workflows and their executions."""

from collections.abc import Callable, Mapping
from typing import Any

from evidoc_client.call import Call, Json, at, keyed, query_of, shape
from evidoc_client.errors import AlreadyCancelled
from evidoc_client.run_answers import Execution, Workflow
from evidoc_client.steps import Steps, Stream, ask
from evidoc_client.verb import Many, Verb
from evidoc_client.verbs.documents import PATIENCE
from evidoc_client.verbs.paging import pages
from evidoc_client.verbs.waiting import ended, following


class WorkflowVerbs:
    """Workflows: create, get, list, change, deactivate; executions: execute, execution, executions, wait, cancel."""

    @Verb
    def create(
        self, name: str, definition: Mapping[str, Any], *, description: str = "", idempotency_key: str | None = None
    ) -> Call[Workflow]:
        """A new workflow. Raises InvalidRequest, whose ``faults`` are all that is wrong with the definition."""
        body = {"name": name, "description": description, "definition": definition}
        return Call("POST", "/v1/workflows", shape(Workflow), headers=keyed(idempotency_key), body=Json(body))

    @Verb
    def get(self, workflow_id: str) -> Call[Workflow]:
        """A workflow with its definition, and in ``stats`` how its executions ended. Raises FlowNotFound."""
        return Call("GET", at("/v1/workflows/{}", workflow_id), shape(Workflow))

    @Many
    def list(self, *, status: str | None = None) -> Stream[Workflow]:
        """All workflows, newest first, page after page as they are asked for."""
        return pages("/v1/workflows", Workflow, query_of(status=status))

    @Verb
    def change(
        self,
        workflow_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        definition: Mapping[str, Any] | None = None,
        status: str | None = None,
    ) -> Call[Workflow]:
        """Changes what is given; ``status`` is "active" or "inactive".

        A new definition makes a new version, so it is not sent again where the answer is lost.
        """
        given = {"name": name, "description": description, "definition": definition, "status": status}
        changes = {field: value for field, value in given.items() if value is not None}
        path, once = at("/v1/workflows/{}", workflow_id), definition is not None
        return Call("PATCH", path, shape(Workflow), body=Json(changes), repeatable=not once)

    @Verb
    def deactivate(self, workflow_id: str) -> Call[None]:
        """Stops its triggers; its executions are kept."""
        return Call("DELETE", at("/v1/workflows/{}", workflow_id), lambda reply: None)

    @Verb
    def execute(
        self,
        workflow_id: str,
        document_id: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Call[Execution]:
        """Starts the workflow on a document; the answer comes at once."""
        return Call(
            "POST",
            at("/v1/workflows/{}/executions", workflow_id),
            shape(Execution),
            headers=keyed(idempotency_key),
            body=Json({"document_id": document_id, "parameters": dict(parameters or {})}),
        )

    @Verb
    def execution(self, workflow_id: str, execution_id: str) -> Call[Execution]:
        """An execution with its tasks, and its ``result`` once it is completed. Raises RunNotFound."""
        return _execution_call(workflow_id, execution_id)

    @Many
    def executions(self, workflow_id: str, *, status: str | None = None) -> Stream[Execution]:
        """The executions of a workflow, newest first, page after page as they are asked for."""
        return pages(at("/v1/workflows/{}/executions", workflow_id), Execution, query_of(status=status))

    @Verb
    def wait(
        self,
        workflow_id: str,
        execution_id: str,
        *,
        deadline: float = PATIENCE,
        on_state: Callable[[Execution], object] | None = None,
    ) -> Steps[Execution]:
        """The execution once it has ended, however it did; ``on_state`` is told whenever a task moves.

        Raises WaitTimeout after ``deadline`` seconds; the execution goes on.
        """
        return ended(following(_execution_call(workflow_id, execution_id), deadline, _standing), on_state)

    @Verb
    def cancel(self, workflow_id: str, execution_id: str) -> Steps[Execution]:
        """Stops an execution."""
        path = at("/v1/workflows/{}/executions/{}/cancel", workflow_id, execution_id)
        try:
            return (yield from ask(Call("POST", path, shape(Execution))))
        except AlreadyCancelled as refusal:
            # An attempt whose answer was lost may have done it.
            if refusal.attempts == 1:
                raise
            return (yield from ask(_execution_call(workflow_id, execution_id)))


def _execution_call(workflow_id: str, execution_id: str) -> Call[Execution]:
    return Call("GET", at("/v1/workflows/{}/executions/{}", workflow_id, execution_id), shape(Execution))


def _standing(execution: Execution) -> Any:
    return execution.status, [(task.id, task.status) for task in execution.tasks]
