"""The answer: written while its user reads along, then held to naming a source for every sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from parley_chat.conversation import USELESS
from parley_chat.domain.citations import cited_in
from parley_chat.domain.sources import sources
from parley_chat.ports import Analyst, Asked, Said
from parley_common.contracts.chat import ChatSource
from parley_common.contracts.events import Source
from parley_common.contracts.model import Contract
from parley_common.errors import ParleyError
from parley_common.runtime.job import Job

# The answer is there; that nobody can be asked about it any more does not take it away.
UNCHECKED = USELESS | {"budget_exceeded"}


async def said_to(job: Job, asked: Asked, analyst: Analyst) -> tuple[Said, list[str]]:
    """The answer, and what its reader must know of it. Sentences without a source are sent back once."""
    said = await job.step("answer", partial(_answer, job, analyst), asked, events=_cited)
    if not said.bare:
        return said, []
    try:
        said = await job.step("cite", partial(_cite, job, analyst), asked, said, events=partial(_newly_cited, said))
    except ParleyError as error:
        if error.code not in UNCHECKED:
            raise
        return said, [f"{_sentences(said.uncited)} no source, and the model did not say what they stand on."]
    return said, [_left_out(said)] if said.left_out else []


async def _answer(job: Job, analyst: Analyst, asked: Asked) -> Said:
    """What there is of it when it is stopped has its sources, too."""
    async with job.stream() as text:
        cited: list[int] = []
        known: list[ChatSource] = []

        def write(delta: str) -> None:
            text.write(delta)
            if fresh := [each for each in dict.fromkeys(cited_in(delta)) if each not in cited]:
                cited.extend(fresh)
                known[:] = sources(text.text, cited, asked.passages)
            _keep(job, text.text, known)

        return await analyst.answer(asked, write)


async def _cite(job: Job, analyst: Analyst, asked: Asked, said: Said) -> Said:
    """Those who read along get the other text as another message."""
    now = await analyst.cite(asked, said)
    if now.revised:
        async with job.stream() as text:
            text.write(now.text)
            _keep(job, now.text, now.sources)
    return now


def _keep(job: Job, text: str, known: Sequence[ChatSource]) -> None:
    job.keep({"text": text, "sources": [each.model_dump(mode="json") for each in known]})


def _cited(said: Said, besides: Collection[int] = ()) -> Sequence[Contract]:
    sources = [each for each in said.sources if each.n not in besides]
    return [Source(id=str(each.n), title=each.filename, snippet=each.quote) for each in sources]


def _newly_cited(before: Said, now: Said) -> Sequence[Contract]:
    return _cited(now, {each.n for each in before.sources})


def _left_out(said: Said) -> str:
    count = len(said.left_out)
    return f"{count} sentence{'s were' if count > 1 else ' was'} taken out of the answer: no passage says so."


def _sentences(count: int) -> str:
    return "1 sentence names" if count == 1 else f"{count} sentences name"
