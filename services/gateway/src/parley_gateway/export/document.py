"""JSON: the result as the job gave it, nothing cut, with the dataset and the times, under a version of its own."""

from __future__ import annotations

import json
from typing import Any

from parley_gateway.export.report import Report

SCHEMA = "parley.deep-research.v1"


def render(report: Report) -> bytes:
    document = {
        "schema": SCHEMA,
        "schema_version": 1,
        "dataset": {"name": report.dataset_name, "hash": report.dataset_hash},
        "asked_at": report.asked_at.isoformat(),
        "completed_at": report.completed_at.isoformat(),
        "result": _finite(report.result.model_dump(mode="python")),
    }
    # Escapes keep halves of surrogate pairs, which UTF-8 cannot hold.
    return json.dumps(document, indent=1, allow_nan=False).encode()


def _finite(value: Any) -> Any:
    """What `json` takes: a number that is none becomes null, as in the rest of the API."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value
