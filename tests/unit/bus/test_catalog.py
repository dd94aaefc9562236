"""The catalog, the names made from it, and the AsyncAPI document."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from jsonschema import Draft202012Validator

from parley_common.bus import catalog, topology
from parley_common.bus.asyncapi import asyncapi
from parley_common.contracts.events import JobEvent
from parley_common.contracts.jobs import Priority


def test_every_event_class_has_a_key_for_every_service() -> None:
    events = set(get_args(get_args(JobEvent)[0]))
    for service in catalog.SERVICES:
        assert set(catalog.events(service).values()) == events


def test_every_command_key_leads_to_a_queue_of_its_service() -> None:
    for service in catalog.SERVICES:
        bound = {*topology.control_keys(service), *topology.work_keys(service, Priority.INTERACTIVE)}
        assert bound == set(catalog.commands(service))
        assert {key.removesuffix(".batch") for key in topology.work_keys(service, Priority.BATCH)} <= bound


def test_every_shared_queue_is_a_quorum_queue_with_dead_letters_under_its_own_name() -> None:
    for name, (queue, _, _) in topology.shared_queues().items():
        assert queue.arguments["x-queue-type"] == "quorum"
        assert queue.arguments["x-delivery-limit"] > 0
        assert queue.arguments["x-dead-letter-routing-key"] == name
        assert topology.dead_queue(name).name == f"{name}.dead"


def test_each_consumer_gets_a_channel_of_its_own() -> None:
    assert len({topology.consumer(1), topology.consumer(1)}) == 2


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return asyncapi()


def test_document_covers_every_key(document: dict[str, Any]) -> None:
    for part in (document["channels"], document["components"]["messages"]):
        assert set(part) == set(catalog.CATALOG)
    assert len(document["operations"]) == len(catalog.CATALOG)


def test_document_is_asyncapi_3(document: dict[str, Any]) -> None:
    assert document["asyncapi"] == "3.0.0"
    ApplicationSchema.model_validate(document)


def test_every_reference_in_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


def test_every_payload_schema_is_valid_json_schema(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [reference for value in part.values() for reference in references(value)]
    if isinstance(part, list):
        return [reference for value in part for reference in references(value)]
    return []
