"""The whole service with a model that does its work well."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .scripting import AVERAGES, QUESTION, cited, said, script
from .tracing import assert_traced, written


@pytest.fixture
def base_url(model_address: str) -> str:
    return f"{model_address}/v1"


async def test_a_question_goes_through_all_seven_stages(site: Any, model: Any, penguins: Any) -> None:
    further = {"question": "And by island?", "kind": "comparison", "sql": AVERAGES.replace("species", "island")}
    await script(
        model,
        FurtherQueries={"queries": [further]},
        Synthesized=said(
            cited("Gentoo weigh 5,076 g on average.", "5,076", row=2),
            findings=[cited("On Biscoe the average is 4,716 g.", "4,716", query="f1")],
        ),
        Suggested={"questions": ["And by sex?", " ", "And by sex?"]},
        Analysed={"sentences": [cited("Chinstrap weigh 3,733 g.", "3,733", row=1)]},
    )
    result = await site.result(await site.ask(penguins, QUESTION, verbose=True))
    assert (result.answered, result.dropped, result.mode, result.model) == (True, 0, "model", "test-model")
    assert (result.direct_answer, written(result.answer)) == ("Gentoo weigh 5,076 g on average.", ["5,076"])
    assert result.key_findings == ["On Biscoe the average is 4,716 g."]
    assert result.verbose_analysis == "Chinstrap weigh 3,733 g."
    assert result.follow_up_questions == ["And by sex?"]
    assert [each.query_id for each in result.supporting_details] == ["q1", "f1"]
    assert result.usage.calls == 7
    assert (await model.meter()).started == 7
    assert_traced(result)


async def test_a_picture_of_the_model_is_drawn_from_the_result_under_our_title(
    site: Any, model: Any, penguins: Any
) -> None:
    chart = {"shape": "bar", "x": "species", "y": "average", "title": "9,999 penguins"}
    await script(model, WrittenQueries={"queries": [{"part": "s1", "sql": AVERAGES, "chart": chart}]})
    result = await site.result(await site.ask(penguins, QUESTION))
    drawn = result.supporting_details[0].chart
    assert (drawn["mark"]["type"], drawn["description"]) == ("bar", QUESTION)
    assert "9,999" not in result.model_dump_json()


async def test_the_second_asking_costs_no_call(site: Any, model: Any, penguins: Any) -> None:
    await script(model)
    first = await site.result(await site.ask(penguins, QUESTION))
    calls = (await model.meter()).started
    again = await site.result(await site.ask(penguins, QUESTION))
    assert (again.cached, again.usage.calls, again.direct_answer) == (True, 0, first.direct_answer)
    assert (await model.meter()).started == calls


async def test_a_query_with_an_error_is_mended_once(site: Any, model: Any, penguins: Any) -> None:
    wrong = AVERAGES.replace("body_mass_g", "body_mass")
    await script(
        model,
        WrittenQueries={"queries": [{"part": "s1", "sql": wrong}]},
        MendedQuery={"sql": AVERAGES},
    )
    job = await site.ask(penguins, QUESTION)
    result = await site.result(job)
    assert (result.answered, [each.error for each in result.supporting_details]) == (True, [None])
    assert 'avg("body_mass_g")' in result.supporting_details[0].sql
    told = [call for call in (await model.meter()).calls if call.rule == "MendedQuery"]
    assert len(told) == 1
    assert "body_mass_g" in json.loads(told[0].body["messages"][-1]["content"])["error"]


async def test_a_cancelled_job_keeps_what_it_had_found(site: Any, model: Any, penguins: Any) -> None:
    await model.script({"schema_name": "Synthesized", "gate": "thinking"})
    await script(model)
    job = await site.ask(penguins, QUESTION)
    await model.gate("thinking", waiting=1)
    await site.cancel(job)
    final = await site.end(job)
    assert final["type"] == "job.cancelled"
    [detail] = final["data"]["partial"]["supporting_details"]
    assert (detail["query_id"], detail["row_count"]) == ("q1", 3)
    assert (await model.meter(aborted=1)).aborted == 1


class TestKilledWorker:
    @pytest.fixture
    def limits(self) -> dict[str, Any]:
        return {"lease": 1.0, "heartbeat": 3600.0, "sweep": 3600.0, "stop_grace": 0.0}

    async def test_a_job_goes_on_where_its_worker_died(self, site: Any, model: Any, penguins: Any) -> None:
        await model.script({"schema_name": "Synthesized", "gate": "never", "name": "lost"})
        await script(model)
        job = await site.ask(penguins, QUESTION)
        await model.gate("never", waiting=1)
        done = site.steps(job)
        assert "execute" in done
        await site.die()
        await site.another_worker()
        assert (await site.result(job)).answered
        assert site.steps(job)[: len(done)] == done
        assert len(site.steps(job)) == len(set(site.steps(job)))
        rules = (await model.meter()).rules
        assert {name: calls["started"] for name, calls in rules.items()} == {
            "Decomposed": 1, "Classified": 1, "WrittenQueries": 1, "FurtherQueries": 1, "lost": 1,
            "Synthesized": 1, "Suggested": 1,
        }  # fmt: skip
