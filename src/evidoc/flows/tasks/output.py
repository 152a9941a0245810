"""Say what a run gives: what tasks gave, as it is or transformed."""

from collections.abc import Mapping
from typing import ClassVar

from evidoc.flows import values
from evidoc.flows.given import all_given, given
from evidoc.flows.options import Option, list_of, mapping_of, one_of, text
from evidoc.flows.sources import MOST_SOURCES, check_source, check_sources
from evidoc.flows.task import Work
from evidoc.flows.values import merged, object_of, picked, plain, refuse_too_much, spread
from evidoc.kernel.output import ValueOutput

TRANSFORMS = ("first", "last", "merge", "pick")
MOST_FIELDS = 500


class Output:
    """``from``: the tasks to take values from. ``transform``: first, last, merge, or pick the ``pick`` keys.

    Without a transform one source gives its value as it is, several give a list. ``members`` makes an object instead:
    a name, and the task whose value it gets; those that were left out are not in it.
    """

    options: ClassVar[Mapping[str, Option]] = {
        "from": Option(check_sources),
        "transform": Option(one_of(*TRANSFORMS)),
        "pick": Option(list_of(text(), MOST_FIELDS, 1)),
        "members": Option(mapping_of(check_source, MOST_SOURCES)),
    }

    def run(self, work: Work) -> ValueOutput:
        """The value; null where every source was left out, an empty object where none is named.

        Raises InvalidRequest where the values are too large together.
        """
        members = work.config.get("members")
        sources = work.config.get("from", [])
        if members is not None or not sources:
            found = {name: given(work, source) for name, source in (members or {}).items()}
            there = {name: value for name, value in found.items() if value is not None}
            refuse_too_much(there.values())
            return object_of(there)
        taken = all_given(work, sources)
        if not taken:
            return plain(None)
        return _transformed(taken, work.config.get("transform"), work.config.get("pick", ()))


def _transformed(taken: list[ValueOutput], transform: str | None, fields: list[str]) -> ValueOutput:
    if transform is None:
        return taken[0] if len(taken) == 1 else values.list_of(taken)
    parts = spread(taken)
    if not parts:
        return plain(None)
    if transform in ("first", "last"):
        return parts[0 if transform == "first" else -1]
    whole = merged(parts)
    return picked(whole, fields) if transform == "pick" else whole
