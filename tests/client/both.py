"""Both clients asked alike, so that each promise is tested of both."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from inspect import isawaitable
from typing import Any

from evidoc_client import AsyncClient, Client, Retries

QUICK = Retries(times=4, first=0.001, most=0.002)
"""As often as usual, without the waiting."""

Ask = Callable[..., Any]


def blocking(url: str, do: Callable[[Any], Any], **options: Any) -> Any:
    """What ``do`` gives, of a client that blocks; iterators as lists."""
    with Client(url, **{"retries": QUICK, **options}) as client:
        found = do(client)
        return list(found) if isinstance(found, Iterator) else found


def awaiting(url: str, do: Callable[[Any], Any], **options: Any) -> Any:
    """The same of a client that awaits."""

    async def run() -> Any:
        async with AsyncClient(url, **{"retries": QUICK, **options}) as client:
            found = do(client)
            if isinstance(found, AsyncIterator):
                return [item async for item in found]
            return await found if isawaitable(found) else found

    return asyncio.run(run())
