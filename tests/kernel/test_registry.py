import sys

import pytest

from evidoc.kernel.registry import Registry


def test_naming_a_keeper_loads_nothing() -> None:
    sys.modules.pop("this", None)
    registry: Registry[object] = Registry("poem", {"zen": "this:s", "none": "no.such.module:x"})
    assert "zen" in registry
    assert list(registry) == ["zen", "none"]
    assert "this" not in sys.modules


def test_an_unknown_name_lists_the_known_ones() -> None:
    registry: Registry[object] = Registry("reader", {"pdf": "json:loads", "png": "json:dumps"})
    with pytest.raises(LookupError, match=r"unknown reader 'gif'; known are pdf, png"):
        registry.get("gif")
    assert registry.get("pdf") is __import__("json").loads
