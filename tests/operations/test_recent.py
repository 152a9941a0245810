from evidoc.operations.recent import Recent


def test_what_was_asked_last_stays_longest() -> None:
    recent: Recent[str] = Recent(10)
    for name in "abc":
        recent.put(name, name.upper(), 3)
    assert recent.get("a") == "A"
    recent.put("d", "D", 4)
    assert [recent.get(name) for name in "abcd"] == ["A", None, "C", "D"]


def test_what_is_dropped_is_gone_and_its_place_free() -> None:
    recent: Recent[str] = Recent(10)
    recent.put("a", "first", 6)
    recent.put("a", "second", 10)
    assert recent.get("a") == "second"
    recent.drop("a")
    recent.drop("a")
    assert recent.get("a") is None
    recent.put("b", "B", 10)
    assert recent.get("b") == "B"


def test_what_is_heavier_than_all_may_be_is_not_kept() -> None:
    recent: Recent[str] = Recent(10)
    recent.put("a", "A", 1)
    recent.put("b", "B", 11)
    assert [recent.get(name) for name in "ab"] == ["A", None]
