"""Runs of flows."""

from collections.abc import Callable
from typing import Any, Literal

from evidoc_client.call import Call, at, query_of, shape
from evidoc_client.errors import AlreadyCancelled
from evidoc_client.run_answers import Run
from evidoc_client.steps import Steps, Stream, ask
from evidoc_client.verb import Many, Verb
from evidoc_client.verbs.documents import PATIENCE
from evidoc_client.verbs.paging import pages
from evidoc_client.verbs.waiting import ended, following

Include = Literal["artifacts", "metrics"]
"""What a run may be asked to include: what each step gave with its evidence; what it took so far."""


class RunVerbs:
    """Runs: get, list, wait, follow, cancel."""

    @Verb
    def get(self, run_id: str, *, include: tuple[Include, ...] = ()) -> Call[Run]:
        """A run as far as it has come. Raises RunNotFound."""
        return run_call(run_id, include)

    @Many
    def list(self, *, flow: str | None = None, status: str | None = None) -> Stream[Run]:
        """All runs, newest first, page after page as they are asked for; without their outputs."""
        return pages("/api/v1/runs", Run, query_of(flowId=flow, status=status), "runs")

    @Verb
    def wait(
        self,
        run_id: str,
        *,
        include: tuple[Include, ...] = (),
        deadline: float = PATIENCE,
        on_progress: Callable[[Run], object] | None = None,
    ) -> Steps[Run]:
        """The run once it has ended, however it did; ``on_progress`` is told whenever it moves.

        Raises WaitTimeout after ``deadline`` seconds; the run goes on.
        """
        return ended(following(run_call(run_id, include), deadline, standing), on_progress)

    @Many
    def follow(self, run_id: str, *, include: tuple[Include, ...] = (), deadline: float = PATIENCE) -> Stream[Run]:
        """The run every time that it moves, the ended run last. Raises WaitTimeout after ``deadline`` seconds."""
        return following(run_call(run_id, include), deadline, standing)

    @Verb
    def cancel(self, run_id: str) -> Steps[Run]:
        """Stops a run and all that it started. Raises AlreadyCancelled, NotCancellable where it has ended."""
        try:
            return (yield from ask(Call("POST", at("/api/v1/runs/{}/cancel", run_id), shape(Run))))
        except AlreadyCancelled as refusal:
            # An attempt whose answer was lost may have done it.
            if refusal.attempts == 1:
                raise
            return (yield from ask(run_call(run_id)))


def run_call(run_id: str, include: tuple[Include, ...] = ()) -> Call[Run]:
    """The request for a run."""
    return Call("GET", at("/api/v1/runs/{}", run_id), shape(Run), query=query_of(include=",".join(include) or None))


def standing(run: Run) -> Any:
    """What of a run moves."""
    return run.status, run.progress
