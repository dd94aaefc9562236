"""The whole service without a model: what it quotes, remembers, refuses and forgets."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from parley_common.runtime.tables import job, step
from parley_common.vectors.index import point_id

REVENUE = "Revenue of Acme in the third quarter was 5 million dollars. Acme opened an office in Lyon."
COSTS = "Costs of Acme in the third quarter were 3 million dollars."
PROFIT = "Profit of Acme in the third quarter was 2 million dollars."


async def test_an_answer_quotes_its_source_character_for_character(site: Any) -> None:
    document = await site.add(REVENUE, COSTS, PROFIT)
    answered = await site.answer("What was the revenue of Acme in the third quarter?", uuid4())
    first = answered.sources[0]
    assert (answered.found, answered.mode, answered.uncited) == (True, "offline", 0)
    assert answered.answer.startswith("Quoted from your documents:")
    assert f"“{first.quote}” [{first.n}]" in answered.answer
    assert (first.document_id, first.filename, first.page) == (document, "report.pdf", 1)
    whole = " ".join([REVENUE, COSTS, PROFIT])
    assert all(whole[each.start : each.end] == each.quote for each in answered.sources)


async def test_what_is_in_no_document_is_not_answered(site: Any) -> None:
    await site.add(REVENUE, COSTS)
    answered = await site.answer("How do penguins sleep on Mars?", uuid4())
    assert (answered.answer, answered.found) == ("I found nothing about this in your documents.", False)
    assert answered.sources == []


async def test_the_ledger_accounts_for_everything_that_was_found(site: Any) -> None:
    await site.add(REVENUE, COSTS, PROFIT)
    ledger = (await site.answer("What were the costs of Acme?", uuid4())).ledger
    kept = [each for each in ledger.passages if each.fate == "kept"]
    assert (len(ledger.passages), ledger.documents.found, ledger.documents.kept) == (3, 3, len(kept))
    assert ledger.documents.tokens == sum(each.tokens for each in kept) <= ledger.budget
    assert (ledger.documents.share, ledger.chat.share) == (1.0, 0.0)


async def test_a_follow_up_is_searched_as_asked_and_as_meant(site: Any) -> None:
    await site.add(REVENUE, COSTS, PROFIT)
    conversation = uuid4()
    first = await site.answer("What was the revenue of Acme in the third quarter?", conversation)
    second = await site.answer("And the profit?", conversation)
    assert (first.chat_context_used, second.chat_context_used) == (False, True)
    assert second.rewritten is not None
    assert {"Acme", "third", "quarter"} <= set(second.rewritten.split())
    assert second.ledger.queries == ["And the profit?", second.rewritten]
    assert PROFIT in second.answer
    assert {text for _, kind, text in site.index.searches[-4:] if kind == "document"} == set(second.ledger.queries)


async def test_what_was_said_in_another_conversation_is_remembered_and_never_by_somebody_else(site: Any) -> None:
    await site.answer("The deploy password hint is the blue parrot.", uuid4())
    mine = await site.answer("What is the hint for the deploy password?", uuid4())
    assert mine.chat_context_used
    assert [(each.type, each.quote) for each in mine.sources] == [
        ("chat_history", "The deploy password hint is the blue parrot.")
    ]
    theirs = await site.answer("What is the hint for the deploy password?", uuid4(), owner="eve")
    assert (theirs.found, theirs.ledger.passages, theirs.chat_context_used) == (False, [], False)


async def test_somebody_elses_documents_are_neither_searched_nor_shown(site: Any) -> None:
    await site.add(REVENUE, owner="eve")
    answered = await site.answer("What was the revenue of Acme in the third quarter?", uuid4())
    assert (answered.found, answered.ledger.passages) == (False, [])
    assert {owner for owner, _, _ in site.index.searches} == {"ada"}


async def test_a_passage_under_somebody_elses_id_is_refused_whatever_the_index_says_of_it(site: Any) -> None:
    await site.add(REVENUE)
    (mine,) = site.index.points.values()
    hers = replace(mine, id=point_id("eve", mine.source, mine.version, mine.ordinal))
    site.index.points = {hers.id: hers}
    problem = await site.problem(await site.ask("What was the revenue of Acme in the third quarter?", uuid4()))
    assert problem["code"] == "foreign_passage"


async def test_two_questions_at_once_in_one_conversation_both_end_and_keep_their_order(site: Any) -> None:
    await site.add(REVENUE, COSTS)
    conversation = uuid4()
    jobs = [await site.ask(f"What is item {number} of Acme?", conversation) for number in range(4)]
    await asyncio.gather(*(site.result(job) for job in jobs))
    turns = await site.service.turns.before("ada", conversation, uuid4_after(jobs), limit=10)
    assert [turn.job for turn in turns] == jobs
    assert sorted(turn.number for turn in turns) == [1, 2, 3, 4]


async def test_a_deleted_conversation_leaves_nothing_and_nothing_comes_back(site: Any) -> None:
    conversation, other = uuid4(), uuid4()
    await site.answer("The parrot is blue.", conversation)
    await site.answer("The parrot is green.", other)
    forgotten = await site.forget(conversation)
    assert (forgotten.turns, forgotten.vectors) == (1, 0)
    await site.answer("The parrot is red.", conversation)
    assert await site.index.count("ada", "chat_history", conversation) == 0
    assert await site.index.count("ada", "chat_history", other) == 1


async def test_the_journals_of_a_deleted_conversation_say_nothing_of_it_any_more(site: Any) -> None:
    await site.add(REVENUE)
    conversation = uuid4()
    await site.answer("What was the secret revenue of Acme?", conversation)
    await site.answer("What were the costs of Acme?", uuid4(), owner="eve")
    await site.forget(conversation)
    async with site.service.service.database.read() as connection:
        jobs = [str(tuple(row)) for row in await connection.execute(select(job.c.input, job.c.result))]
        steps = [str(tuple(row)) for row in await connection.execute(select(step.c.output))]
    assert sum("costs" in each for each in jobs) == 1
    assert not [each for each in [*jobs, *steps] if "secret" in each]


async def test_forgetting_somebody_elses_conversation_touches_nothing(site: Any) -> None:
    conversation = uuid4()
    await site.answer("The parrot is blue.", conversation)
    assert (await site.forget(conversation, owner="eve")).turns == 0
    assert await site.index.count("ada", "chat_history", conversation) == 1


async def test_a_client_that_keeps_its_conversation_itself_is_not_remembered(site: Any) -> None:
    await site.add(REVENUE, COSTS, PROFIT)
    said = [{"role": "user", "content": "What was the revenue of Acme in the third quarter?"}]
    answered = await site.answer("And the profit?", history=said)
    assert (answered.conversation_id, PROFIT in answered.answer) == (None, True)
    assert not [each for each in site.index.points.values() if each.kind == "chat_history"]


async def test_a_long_turn_is_remembered_in_pieces_that_can_each_be_found(site: Any) -> None:
    conversation = uuid4()
    words = " ".join(f"word{number}." for number in range(200))
    await site.answer(f"Remember these. {words}", conversation)
    pieces = [each for each in site.index.points.values() if each.kind == "chat_history"]
    assert len(pieces) == 1
    assert pieces[0].text.startswith("Remember these. word0.")


def uuid4_after(jobs: list[Any]) -> Any:
    """An id behind all of these."""
    return type(jobs[-1])(int=jobs[-1].int + 1)
