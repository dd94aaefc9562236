"""The whole service without a model."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from palmerpenguins import load_penguins

from .tracing import assert_traced, written

STAGES = [
    (0.10, "Stage 1/7: Decomposing question"),
    (0.20, "Stage 2/7: Classifying queries"),
    (0.35, "Stage 3/7: Executing queries"),
    (0.55, "Stage 4/7: Enriching with follow-ups"),
    (0.70, "Stage 5/7: Synthesizing findings"),
    (0.80, "Stage 6/7: Generating follow-ups"),
    (0.90, "Stage 7/7: Generating verbose analysis"),
]
BY_SPECIES = "What is the average body mass by species?"


def stages(site: Any, job: Any) -> list[tuple[float, str]]:
    return [(each["data"]["fraction"], each["data"]["stage"]) for each in site.of(job, "job.progress")]


async def test_a_question_is_answered_with_numbers_that_name_their_cells(site: Any, penguins: Any) -> None:
    result = await site.result(await site.ask(penguins, BY_SPECIES))
    heaviest = load_penguins().groupby("species").body_mass_g.mean().max()
    assert (result.answered, result.mode, result.model, result.cached) == (True, "offline", None, False)
    assert (result.main_question, result.usage.calls, result.dropped) == (BY_SPECIES, 0, 0)
    assert f"{heaviest:,.2f}" in written(result.answer)
    assert result.key_findings
    assert result.follow_up_questions
    assert [part.kind for part in result.plan] == ["comparison"]
    assert_traced(result)


async def test_each_query_shows_its_rows_their_hash_and_a_picture(site: Any, penguins: Any) -> None:
    job = await site.ask(penguins, BY_SPECIES)
    result = await site.result(job)
    first = result.supporting_details[0]
    assert (len(first.rows), first.row_count, first.error) == (3, 3, None)
    shown = {"columns": first.columns, "rows": first.rows}
    canonical = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert first.hash == hashlib.sha256(canonical.encode()).hexdigest()
    assert first.chart is not None
    assert len(first.chart["data"]["values"]) == 3
    added = [each["data"] for each in site.of(job, "artifact.added")]
    assert [each["id"] for each in added] == [each.query_id for each in result.supporting_details]
    assert [each["data"]["rows"] for each in added] == [each.rows for each in result.supporting_details]


async def test_six_stages_come_in_order_and_the_seventh_when_asked_for(site: Any, penguins: Any) -> None:
    short = await site.ask(penguins, BY_SPECIES)
    assert (await site.result(short)).verbose_analysis is None
    assert stages(site, short) == STAGES[:-1]
    long = await site.ask(penguins, BY_SPECIES, verbose=True)
    result = await site.result(long)
    assert stages(site, long) == STAGES
    assert result.direct_answer in (result.verbose_analysis or "")


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("Why are Gentoo penguins heavier?", "causes"),
        ("What will the body mass be next year?", "predicts"),
        ("What is the average salary by island?", "salary"),
    ],
)
async def test_what_the_data_cannot_tell_is_said_with_the_reason(
    site: Any, penguins: Any, question: str, why: str
) -> None:
    result = await site.result(await site.ask(penguins, question))
    assert (result.answered, result.key_findings, result.supporting_details) == (False, [], [])
    assert [part.kind for part in result.plan] == ["unanswerable"]
    assert why in result.direct_answer


async def test_the_part_that_can_be_answered_is_answered(site: Any, penguins: Any) -> None:
    result = await site.result(await site.ask(penguins, "How many penguins are there? Why do they swim?"))
    assert (result.answered, [part.kind for part in result.plan]) == (True, ["aggregate", "unanswerable"])
    assert written(result.answer) == ["344"]
    assert "causes" in result.direct_answer


async def test_a_plan_changed_by_its_owner_is_the_plan(site: Any, penguins: Any) -> None:
    job = await site.ask(penguins, BY_SPECIES, review_plan=True)
    asked = await site.question(job)
    assert asked["default"] == [BY_SPECIES]
    await site.answer(job, ["How many penguins live on Dream?", "What is the median flipper length?"])
    result = await site.result(job)
    assert [part.text for part in result.plan] == [
        "How many penguins live on Dream?",
        "What is the median flipper length?",
    ]
    assert written(result.answer) == ["124", "197", "342"]
    assert_traced(result)


async def test_a_plan_its_owner_does_not_care_for_is_used_as_it_is(site: Any, penguins: Any) -> None:
    job = await site.ask(penguins, BY_SPECIES, review_plan=True)
    await site.answer(job, None)
    result = await site.result(job)
    assert [part.text for part in result.plan] == [BY_SPECIES]
    assert result.answered


class TestOneSlot:
    @pytest.fixture
    def limits(self) -> dict[str, Any]:
        return {"slots": 1}

    async def test_jobs_whose_plans_are_being_read_take_no_slot(self, site: Any, penguins: Any) -> None:
        waiting = [await site.ask(penguins, BY_SPECIES, review_plan=True) for _ in range(2)]
        for job in waiting:
            await site.question(job)
        assert (await site.result(await site.ask(penguins, "How many penguins are there?"))).answered
        for job in waiting:
            await site.answer(job, None)
            assert (await site.result(job)).answered


async def test_the_same_question_is_answered_again_without_a_query(site: Any, penguins: Any) -> None:
    first = await site.result(await site.ask(penguins, BY_SPECIES))
    job = await site.ask(penguins, f"  {BY_SPECIES.upper()} ")
    again = await site.result(job)
    assert again.cached
    assert again.model_dump(exclude={"cached"}) == first.model_dump(exclude={"cached"})
    assert site.steps(job) == ["look for an earlier answer"]


@pytest.mark.parametrize("otherwise", [{"owner": "bob"}, {"verbose": True}, {"review_plan": True}])
async def test_another_owner_or_another_way_of_asking_is_answered_anew(
    site: Any, penguins: Any, otherwise: dict[str, Any]
) -> None:
    await site.result(await site.ask(penguins, BY_SPECIES))
    job = await site.ask(penguins, BY_SPECIES, **otherwise)
    if "review_plan" in otherwise:
        await site.answer(job, None)
    assert not (await site.result(job)).cached
    assert "execute" in site.steps(job)


async def test_a_dataset_deleted_before_its_turn_fails_the_job_in_plain_words(site: Any, penguins: Any) -> None:
    await site.forget(penguins)
    problem = await site.problem(await site.ask(penguins, BY_SPECIES))
    assert (problem["code"], problem["detail"]) == ("dataset_gone", "The dataset has been deleted.")


async def test_a_dataset_deleted_while_its_plan_is_read_fails_the_job_too(site: Any, penguins: Any) -> None:
    job = await site.ask(penguins, BY_SPECIES, review_plan=True)
    await site.question(job)
    await site.forget(penguins)
    await site.answer(job, None)
    assert (await site.problem(job))["code"] == "dataset_gone"


async def test_columns_that_are_called_like_functions_can_be_asked_about(site: Any) -> None:
    dataset = await site.loaded("user,current_date\nada,3\nbob,4\nada,8\n")
    result = await site.result(await site.ask(dataset, "What is the average current_date by user?"))
    assert [each.error for each in result.supporting_details] == [None] * len(result.supporting_details)
    assert written(result.answer)[:1] == ["5.5"]


async def test_column_names_and_cells_that_look_like_sql_stay_names(site: Any) -> None:
    hostile = 'x"); DROP TABLE data; --'
    quoted = hostile.replace('"', '""')
    dataset = await site.loaded(f'"{quoted}",amount\n\'; DELETE,1\n\'; DELETE,3\n"<script>",8\n')
    result = await site.result(await site.ask(dataset, f"What is the average amount by {hostile}?"))
    assert all(each.error is None for each in result.supporting_details)
    assert_traced(result)
