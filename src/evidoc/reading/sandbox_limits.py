"""How much one sandboxed call may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """The limits of one call, and how many calls may run at once.

    ``cpu_seconds`` and ``wall_seconds`` bound the time without progress: each result that the job sends buys
    ``seconds_per_result`` back, up to where it started, so a long honest document passes and a bomb ends.
    Time in which the caller does not ask for the next result is not counted. ``most_cpu_seconds`` bounds the
    CPU time of one call whatever it sends. ``memory_bytes`` is the child's private memory, what it shares
    with its parent included. ``concurrent`` calls work at once; up to ``idle`` more may stand still
    (``Sandbox.slot_lent``).
    """

    memory_bytes: int = 512 * 1024 * 1024
    cpu_seconds: int = 8
    wall_seconds: float = 9.0
    seconds_per_result: float = 0.5
    most_cpu_seconds: int = 900
    file_bytes: int = 256 * 1024 * 1024
    result_bytes: int = 96 * 1024 * 1024
    concurrent: int = 8
    idle: int = 16
