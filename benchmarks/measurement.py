"""One measured figure and what it is measured against."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """``value`` in ``unit``; ``reference`` is what ``reference_name`` reached in the same run, where there is one.

    ``target`` is for the ratio of the two, or for the value itself where there is no reference.
    ``larger_is_better`` says which side of the target is good.
    """

    what: str
    unit: str
    value: float
    reference: float | None = None
    reference_name: str = ""
    target: float | None = None
    larger_is_better: bool = True

    @property
    def ratio(self) -> float | None:
        """The value over its reference."""
        return self.value / self.reference if self.reference else None

    @property
    def reached(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        measured = self.value if self.ratio is None else self.ratio
        return measured >= self.target if self.larger_is_better else measured <= self.target
