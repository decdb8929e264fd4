"""Read an iterator that may block, such as the lines of a pipe, without holding up what goes on beside it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, TypeVar

Item = TypeVar("Item")


class ReadAhead(Generic[Item]):
    """The items of an iterator, read in a thread of their own, a few ahead of whoever takes them.

    Each is there as soon as it was read, and what the iterator raises is raised when its turn comes. Use it within
    one event loop, as a context manager; a read that is under way at the end is left to itself.
    """

    def __init__(self, items: Iterator[Item], *, most: int = 1_000) -> None:
        """
        :param most: how many are held at once.
        """
        self._items = items
        self._most = most
        self._read: deque[Item] = deque()
        self._fault: BaseException | None = None
        self._ended = False
        self._stopped = False
        self._has_room = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._wake: asyncio.Event = asyncio.Event()
        self._is_waited_for = False

    def __enter__(self) -> ReadAhead[Item]:
        threading.Thread(target=self._run, name="reads ahead", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped = True
        self._has_room.set()

    def __aiter__(self) -> ReadAhead[Item]:
        return self

    async def __anext__(self) -> Item:
        while not self._read:
            self._has_room.set()
            self._wake.clear()
            self._is_waited_for = True
            if not self._read and not self._ended:  # nothing came between the first look and the flag
                await self._wake.wait()
            self._is_waited_for = False
            if self._ended and not self._read:
                if self._fault is not None:
                    raise self._fault
                raise StopAsyncIteration
        if len(self._read) == self._most // 2:
            self._has_room.set()
        return self._read.popleft()

    def _run(self) -> None:
        try:
            for item in self._items:
                self._read.append(item)
                if self._is_waited_for:
                    self._tell()
                if len(self._read) >= self._most:
                    self._has_room.clear()
                    if len(self._read) >= self._most:
                        self._has_room.wait()
                if self._stopped:
                    return
        except Exception as fault:  # whatever it is, it belongs to whoever takes the items
            self._fault = fault
        self._ended = True
        self._tell()

    def _tell(self) -> None:
        # The loop may have come to its end without having read to ours.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._wake.set)
