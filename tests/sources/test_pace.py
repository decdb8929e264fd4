"""How gently one host is asked, whatever the machine that asks is busy with."""

import asyncio

from sources.checking import Checker, Job, Lane, Result, utc_now
from sources.limits import Limits
from sources.outcomes import Outcome, Verdict
from sources.states import Rules

GAP = 5.0


def test_the_pause_begins_with_the_answer_however_long_it_took(monkeypatch):
    """The results of other hosts may be written between the decision to ask and the asking itself."""
    now = 1_000.0
    asked: list[float] = []
    answered: list[float] = []

    class SlowSite(Checker):
        async def check(self, job: Job) -> Result:
            nonlocal now
            asked.append(now)
            now += 30
            answered.append(now)
            verdict = Verdict(Outcome.OK, "answers")
            return Result(job, utc_now(), verdict, 200, job.url, ((job.url, 200),), 1, None, None, None, 30_000, 1)

    async def pass_time(seconds: float) -> None:
        nonlocal now
        now += seconds

    async def run() -> None:
        monkeypatch.setattr(asyncio, "sleep", pass_time)
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
        checker = SlowSite(limits=Limits(gap_seconds=GAP), rules=Rules())
        lane = Lane("site.example", [Job(key, "https://site.example/") for key in range(3)])
        async for _ in checker.run(lane):
            pass
        monkeypatch.undo()

    asyncio.run(run())

    pauses = [after - before for before, after in zip(answered, asked[1:], strict=False)]
    assert len(pauses) == 2
    assert all(GAP <= pause <= 1.2 * GAP for pause in pauses)
