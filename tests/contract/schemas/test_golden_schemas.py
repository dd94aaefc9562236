"""The wire format is a promise: its JSON Schemas, and the page that lists its keys, are kept in the repository.

A test fails when they differ from the code. After a change that was meant (an optional field; anything else is a new
version of the message), write them anew and look at the difference:

    PARLEY_WRITE_GOLDEN=1 python -m pytest tests/contract/schemas
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from parley_common.bus import asyncapi, catalog, message, topology
from parley_common.bus.failures import DEATHS, ERROR, ERROR_TYPE, EXCHANGE, KEY, QUEUE, RETRIES, TIME
from parley_common.contracts.model import Contract

GOLDEN = Path(__file__).parent
PAGE = GOLDEN.parents[2] / "docs" / "events.md"
WRITE = bool(os.environ.get("PARLEY_WRITE_GOLDEN"))
CONTRACTS = sorted(set(catalog.CATALOG.values()), key=lambda contract: contract.__name__)


def check(path: Path, current: str) -> None:
    if WRITE:
        path.write_text(current)
    assert path.read_text() == current, f"{path.name} differs from the code; see this module's docstring"


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_schema_is_as_promised(contract: type[Contract]) -> None:
    schema = json.dumps(contract.model_json_schema(), indent=2, sort_keys=True, ensure_ascii=False)
    check(GOLDEN / f"{contract.__name__}.json", schema + "\n")


def test_no_schema_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {contract.__name__ for contract in CONTRACTS}


def test_page_lists_every_key_in_its_table() -> None:
    before, _, rest = PAGE.read_text().partition("<!-- keys: written by tests/contract/schemas -->\n")
    _, _, after = rest.partition("<!-- /keys -->")
    check(PAGE, f"{before}<!-- keys: written by tests/contract/schemas -->\n{keys_table()}<!-- /keys -->{after}")


def test_page_names_every_queue_exchange_and_header() -> None:
    page = PAGE.read_text()
    queues = [name.replace("enhancer", "<service>") for name in topology.shared_queues(("enhancer",))]
    own = [topology.cancel_queue("<service>", "<instance>").name, topology.live_queue("<instance>").name]
    headers = [*asyncapi.HEADERS, DEATHS, ERROR, ERROR_TYPE, EXCHANGE, KEY, QUEUE, RETRIES, TIME]
    names = [*queues, *own, *topology.EXCHANGES, *headers, message.EPHEMERAL]
    assert [name for name in names if f"`{name}`" not in page] == []


def keys_table() -> str:
    rows = ["| key | exchange | message |", "| --- | --- | --- |"]
    for service in catalog.SERVICES:
        for exchange, keys in (
            (message.COMMANDS, catalog.commands(service)),
            (message.EVENTS, catalog.events(service)),
        ):
            rows += [f"| `{key}` | `{exchange}` | `{contract.__name__}` |" for key, contract in keys.items()]
    return "\n".join(rows) + "\n"
