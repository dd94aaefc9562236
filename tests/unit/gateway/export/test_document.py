"""JSON, which leaves nothing out."""

from __future__ import annotations

import json

from tests.unit.gateway.export.conftest import HASH, Export, regions

from parley_common.contracts.research import Researched
from parley_gateway.export import Format, Limits


def test_document_holds_the_whole_result_under_a_version(exported: Export, result: Researched) -> None:
    document = json.loads(exported(Format.JSON, result, limits=Limits(rows=1, cell=2, text=3)).body)
    assert document["schema"] == "parley.deep-research.v1"
    assert document["schema_version"] == 1
    assert document["dataset"] == {"name": "sales.csv", "hash": HASH}
    assert document["completed_at"] == "2026-03-01T09:31:12+00:00"
    assert Researched.model_validate(document["result"]) == result


def test_numbers_that_json_lacks_are_null(exported: Export, result: Researched) -> None:
    detail = regions().model_copy(update={"rows": [[float("nan"), float("inf"), {"a": float("-inf")}, 1]]})
    body = exported(Format.JSON, result.model_copy(update={"supporting_details": [detail]})).body
    document = json.loads(body, parse_constant=lambda name: name)
    assert document["result"]["supporting_details"][0]["rows"] == [[None, None, {"a": None}, 1]]
