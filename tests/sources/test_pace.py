"""How gently one host is asked, whatever the machine that asks is busy with."""

import asyncio

from sources.checking import Checker, Job, Lane
from sources.limits import Limits
from sources.replies import Hop, Reply
from sources.states import Rules

GAP = 5.0


def test_the_pause_begins_with_the_answer_however_long_it_took(monkeypatch):
    """The results of other hosts may be written between the decision to ask and the asking itself."""
    now = 1_000.0
    asked: list[float] = []
    answered: list[float] = []

    async def answer_slowly(url: str, **_: object) -> Reply:
        nonlocal now
        asked.append(now)
        now += 30
        answered.append(now)
        return Reply(url, url, (Hop(url, 200, None, None),), 200, content_type="text/plain", body=b"words")

    async def pass_time(seconds: float) -> None:
        nonlocal now
        now += seconds

    async def run() -> None:
        monkeypatch.setattr(asyncio, "sleep", pass_time)
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
        checker = Checker(limits=Limits(gap_seconds=GAP), rules=Rules())
        monkeypatch.setattr(checker._fetcher, "fetch", answer_slowly)
        lane = Lane("site.example", [Job(key, "https://site.example/") for key in range(3)])
        async for _ in checker.run(lane):
            pass
        monkeypatch.undo()

    asyncio.run(run())

    pauses = [after - before for before, after in zip(answered, asked[1:], strict=False)]
    assert len(pauses) == 2
    assert all(GAP <= pause <= 1.2 * GAP for pause in pauses)
