"""A part of a document's reading: its first and last page, counted anew from 0, and what is found there shifted back.

Understanding knows whole readings only. A run that works on some pages asks about a reading of just those, and every
result speaks of the document's own pages again before anybody else sees it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar, cast, overload

from evidoc.kernel.decision import Decision
from evidoc.kernel.errors import InvalidRequest
from evidoc.kernel.finding import Candidate, Evidence, Value
from evidoc.kernel.output import (
    DecisionsOutput,
    SectionsOutput,
    SummaryOutput,
    TablesOutput,
    TaskOutput,
    TextOutput,
    ValueOutput,
)
from evidoc.kernel.reading import Fault, FormField, Page, Reading
from evidoc.kernel.summary import Summary

Output = TypeVar("Output", bound=TaskOutput)


def part_of(reading: Reading, pages: tuple[int, int]) -> Reading:
    """The pages from the first to the last named (from 0, both included) as a reading of its own.

    Files inside the document speak of all of it, so a part has none. Raises InvalidRequest where there is no such
    page.
    """
    first, last = pages
    count = len(reading.pages)
    if not 0 <= first <= last < count:
        raise InvalidRequest(f"There are no pages {first + 1} to {last + 1}; the document has {count}")
    if (first, last) == (0, count - 1):
        return reading
    return replace(
        reading,
        pages=_PartPages(reading.pages, first, last),
        attachments=(),
        form_fields=tuple(
            _field_in_part(one, first)
            for one in reading.form_fields
            if one.page_index is None or first <= one.page_index <= last
        ),
        faults=tuple(
            _fault_in_part(fault, first)
            for fault in reading.faults
            if fault.page_index is None or first <= fault.page_index <= last
        ),
    )


def in_document(output: Output, first: int) -> Output:
    """What was found in a part that begins at page ``first``, by the document's own page numbers."""
    return cast(Output, _shifted(output, first)) if first else output


class _PartPages(Sequence[Page]):
    """Pages of another sequence, each taken from there when it is asked for."""

    def __init__(self, pages: Sequence[Page], first: int, last: int) -> None:
        self._pages = pages
        self._first = first
        self._count = last - first + 1

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Page: ...
    @overload
    def __getitem__(self, index: slice) -> list[Page]: ...
    def __getitem__(self, index: int | slice) -> Page | list[Page]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._count))]
        if index < 0:
            index += self._count
        if not 0 <= index < self._count:
            raise IndexError("there is no such page")
        page = self._pages[self._first + index]
        return replace(page, index=index, faults=tuple(_fault_in_part(fault, self._first) for fault in page.faults))


def _field_in_part(one: FormField, first: int) -> FormField:
    return one if one.page_index is None else replace(one, page_index=one.page_index - first)


def _fault_in_part(fault: Fault, first: int) -> Fault:
    return fault if fault.page_index is None else replace(fault, page_index=fault.page_index - first)


def _shifted(output: TaskOutput, first: int) -> TaskOutput:
    match output:
        case TextOutput():
            pages = tuple(replace(page, page_index=page.page_index + first) for page in output.pages)
            return replace(output, pages=pages)
        case TablesOutput():
            tables = tuple(replace(table, page_index=table.page_index + first) for table in output.tables)
            return replace(output, tables=tables)
        case DecisionsOutput():
            return replace(output, decisions=tuple(_decision(one, first) for one in output.decisions))
        case SummaryOutput():
            summary = output.summary
            return replace(output, summary=Summary(_all(summary.sentences, first), _all(summary.key_points, first)))
        case ValueOutput():
            leaves = {
                pointer: replace(leaf, value=_value(leaf.value, first)) if leaf.value else leaf
                for pointer, leaf in output.leaves.items()
            }
            return replace(output, leaves=leaves)
        case SectionsOutput():
            sections = tuple(
                replace(one, first_page=one.first_page + first, last_page=one.last_page + first)
                for one in output.sections
            )
            return replace(output, sections=sections)
        case _:
            return output


def _decision(decision: Decision, first: int) -> Decision:
    finding = decision.finding
    candidates = tuple(_candidate(one, first) for one in finding.candidates)
    selected = tuple(_candidate(one, first) for one in decision.selected)
    return replace(decision, finding=replace(finding, candidates=candidates), selected=selected)


def _candidate(candidate: Candidate, first: int) -> Candidate:
    rows = tuple({column: _value(cell, first) for column, cell in row.items()} for row in candidate.rows)
    return replace(candidate, value=_value(candidate.value, first), rows=rows)


def _value(value: Value, first: int) -> Value:
    return replace(value, evidence=_all(value.evidence, first))


def _all(evidence: Iterable[Evidence], first: int) -> tuple[Evidence, ...]:
    return tuple(replace(piece, page_index=piece.page_index + first) for piece in evidence)
