"""A table from names to keepers, given as import strings so that naming one loads nothing."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class Registry(Generic[T]):
    """Names and where their keepers live (``"package.module:attribute"``), loaded on first use."""

    def __init__(self, what: str, table: Mapping[str, str]) -> None:
        self._what = what
        self._table = dict(table)
        self._loaded: dict[str, T] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def get(self, name: str) -> T:
        """The keeper called ``name``. Raises LookupError that lists the known names."""
        if name not in self._loaded:
            if name not in self._table:
                known = ", ".join(sorted(self._table))
                raise LookupError(f"unknown {self._what} {name!r}; known are {known}")
            module, _, attribute = self._table[name].partition(":")
            self._loaded[name] = cast(T, getattr(import_module(module), attribute))
        return self._loaded[name]
