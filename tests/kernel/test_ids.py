from datetime import UTC, datetime, timedelta, timezone

from evidoc.kernel import clock
from evidoc.kernel.ids import new_id


def test_ids_say_what_they_name_and_never_meet() -> None:
    ids = [new_id("doc") for _ in range(10_000)]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("doc_") and len(one) == 30 for one in ids)


def test_ids_sort_by_the_moment_they_were_made() -> None:
    earlier = new_id("run")
    moment = clock.now()
    while clock.now() == moment:
        pass
    assert earlier < new_id("run")


def test_time_on_the_wire_is_utc() -> None:
    summer = timezone(timedelta(hours=2))
    assert clock.to_wire(datetime(2026, 7, 1, 14, 0, 0, 123456, summer)) == "2026-07-01T12:00:00.123Z"
    assert clock.now().tzinfo is UTC
