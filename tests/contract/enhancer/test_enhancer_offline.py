"""The whole service without a model."""

from __future__ import annotations

from typing import Any


async def test_a_lazy_prompt_becomes_a_good_one_with_one_question(site: Any) -> None:
    job = await site.start("write email to boss about 3 days of vacation, no emojis", use_web_search=True)
    asked = await site.question(job)
    assert asked["prompt"] == "What tone should it have?"
    assert asked["options"]
    assert asked["default"] is None
    await site.answer(job, "Formal and professional")
    result = await site.result(job)
    assert "## Tone\nFormal and professional" in result.result
    assert "## Constraints\nno emojis" in result.result
    assert (result.mode, result.model, result.lost) == ("offline", None, [])
    assert result.question.answer == "Formal and professional"
    assert any("no search engine" in note for note in result.notes)
    fractions = [each["data"]["fraction"] for each in site.of(job, "job.progress")]
    assert fractions == sorted(fractions)


async def test_the_rewrite_is_streamed_as_deltas_that_make_up_the_result(site: Any) -> None:
    job = await site.start("write something about dogs")
    await site.answer(job, "children")
    result = await site.result(job)
    deltas = [each["data"] for each in site.of(job, "message.delta")]
    assert "".join(each["delta"] for each in deltas) == result.result
    assert len({each["message_id"] for each in deltas}) == 1


async def test_a_declined_question_does_not_stop_it(site: Any) -> None:
    job = await site.start("schreib etwas über hunde")
    await site.answer(job, None)
    result = await site.result(job)
    assert result.question.outcome == "declined"
    assert any("left the question open" in note for note in result.notes)
    assert "Zielgruppe" in result.result


async def test_a_question_needs_no_answer_to_wait_for_when_nothing_is_missing(site: Any) -> None:
    job = await site.start("What is the capital of France?")
    result = await site.result(job)
    assert (result.changed, result.result) == (False, "What is the capital of France?")
    assert site.of(job, "question.asked") == []
