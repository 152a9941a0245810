"""Asking a stored reading which category it belongs to, and which documents it holds; answers are checked."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from evidoc.flows.understand import Understander
from evidoc.flows.understand_job import Bytes, Send, send_json, unpack
from evidoc.kernel.classification import Category, Classification
from evidoc.kernel.errors import ReaderCrashed
from evidoc.kernel.reading import Reading
from evidoc.kernel.stop import Stop
from evidoc.kernel.value_output import Section, SectionsOutput, sections_from_json, sections_to_json
from evidoc.understanding.classify import rank
from evidoc.understanding.split import OTHER, split


def ask_for_category(
    understander: Understander, reading: Reading, categories: Sequence[Category], stop: Stop | None = None
) -> tuple[Classification, ...]:
    """Every category with its probability, the likeliest first. Raises DocumentTooComplex and ReaderCrashed."""
    answer, _ = understander.ask("categorize", reading, {"categories": _given(categories)}, stop)
    with _from_child():
        found = tuple(Classification(str(name), float(confidence)) for name, confidence in answer)
        if sorted(one.category for one in found) != sorted(one.name for one in categories):
            raise ValueError("these are not the categories that were given")
    return found


def ask_for_sections(
    understander: Understander,
    reading: Reading,
    categories: Sequence[Category],
    include_other: bool,
    stop: Stop | None = None,
) -> tuple[Section, ...]:
    """The sections of a reading, every page in exactly one. Raises DocumentTooComplex and ReaderCrashed.

    Where all pages are too much, the last section reaches to the end of what was not looked at.
    """
    question = {"categories": _given(categories), "include_other": include_other}
    answer, _ = understander.ask("split", reading, question, stop)
    with _from_child():
        sections = sections_from_json(answer).sections
        following = 0
        for section in sections:
            if section.first_page != following or section.last_page < section.first_page:
                raise ValueError("not every page lies in exactly one section")
            following = section.last_page + 1
        if following > len(reading.pages) or (not sections and len(reading.pages)):
            raise ValueError("there are no such pages")
        if not {section.category for section in sections} <= {OTHER, *(category.name for category in categories)}:
            raise ValueError("these are not the categories that were given")
    if following < len(reading.pages):
        sections = (*sections[:-1], replace(sections[-1], last_page=len(reading.pages) - 1))
    return sections


def categorize_document(arguments: Mapping[str, Any], data: Bytes, send: Send) -> None:
    """A job of the sandbox: every one of the ``categories`` with its probability."""
    found = rank(unpack(data), _categories(arguments))
    send_json(send, [[one.category, one.confidence] for one in found])


def split_document(arguments: Mapping[str, Any], data: Bytes, send: Send) -> None:
    """A job of the sandbox: the sections."""
    found = split(unpack(data), _categories(arguments), include_other=arguments["include_other"])
    send_json(send, sections_to_json(SectionsOutput(found)))


def _given(categories: Sequence[Category]) -> list[list[str]]:
    return [[category.name, category.description] for category in categories]


def _categories(arguments: Mapping[str, Any]) -> list[Category]:
    return [Category(name, description) for name, description in arguments["categories"]]


@contextmanager
def _from_child() -> Iterator[None]:
    """What does not have the shape that was asked for comes from a child that the document has taken over."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise ReaderCrashed() from error
