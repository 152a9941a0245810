"""Whoever waits for the end of a run hears of it at once, thousands at a time, and waits for no server that stops."""

import asyncio
import threading
from collections.abc import Collection

import pytest

from evidoc.flows.engine.ends import Ends
from evidoc.kernel.errors import Unavailable

PATIENCE = 20.0


class House:
    """The runs that have ended, and how often it was asked."""

    def __init__(self) -> None:
        self.ended: set[str] = set()
        self.asked = 0
        self.broken = False

    def ended_among(self, run_ids: Collection[str]) -> Collection[str]:
        self.asked += 1
        if self.broken:
            self.broken = False
            raise OSError("the database is away")
        return self.ended & set(run_ids)


def test_thousands_hear_at_once_without_threads_of_their_own() -> None:
    house = House()
    ends = Ends(house.ended_among)

    async def all_wait() -> list[bool]:
        waiting = [asyncio.create_task(ends.wait(f"run {number}", PATIENCE)) for number in range(5000)]
        await asyncio.sleep(0)
        before = threading.active_count()
        teller = threading.Thread(target=lambda: [ends.told(f"run {number}") for number in range(5000)])
        teller.start()
        assert before < 20
        return await asyncio.gather(*waiting)

    assert all(asyncio.run(all_wait()))
    assert house.asked < 200


def test_one_that_ended_before_is_seen() -> None:
    house = House()
    house.ended = {"one"}
    assert asyncio.run(Ends(house.ended_among).wait("one", PATIENCE))


def test_an_end_through_another_process_is_seen_though_the_database_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidoc.flows.engine.ends._LOOK_AGAIN_SECONDS", 0.02)
    house = House()
    house.broken = True
    ends = Ends(house.ended_among)

    async def wait() -> bool:
        waiting = asyncio.create_task(ends.wait("one", PATIENCE))
        while house.asked < 3:
            await asyncio.sleep(0)
        house.ended = {"one"}
        return await waiting

    assert asyncio.run(wait())


def test_the_time_is_over_and_nothing_is_left() -> None:
    ends = Ends(House().ended_among)
    assert not asyncio.run(ends.wait("one", 0.01))
    assert not ends._waiters


def test_several_wait_for_one_and_one_that_goes_away_harms_nobody() -> None:
    ends = Ends(House().ended_among)

    async def wait() -> bool:
        leaving, staying = (asyncio.create_task(ends.wait("one", PATIENCE)) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        ends.told("one")
        return await staying

    assert asyncio.run(wait())


def test_a_house_that_closes_answers_everybody_at_once() -> None:
    ends = Ends(House().ended_among)

    async def wait() -> None:
        waiting = [asyncio.create_task(ends.wait("one", PATIENCE)) for _ in range(100)]
        await asyncio.sleep(0)
        threading.Thread(target=ends.close).start()
        told = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(answer, Unavailable) for answer in told)
        with pytest.raises(Unavailable):
            await ends.wait("two", PATIENCE)

    asyncio.run(wait())
