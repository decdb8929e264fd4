"""The least that can be done in Python: ask, read the answer, keep its status. Nothing is judged or vetted.

``python -m benchmarks.plain FILE CONNECTIONS`` prints a status and an address a line.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp


async def main(urls: Iterator[str], connections: int) -> None:
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections), cookie_jar=aiohttp.DummyCookieJar()
    ) as session:

        async def work() -> None:
            for url in urls:
                async with session.get(url) as response:
                    await response.read()
                    print(response.status, url)

        await asyncio.gather(*(work() for _ in range(connections)))


if __name__ == "__main__":
    asyncio.run(main(iter(Path(sys.argv[1]).read_text().split()), int(sys.argv[2])))
