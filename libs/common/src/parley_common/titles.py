"""What each failure is called, in words for people: a code has one title, wherever and however often it is shown."""

from __future__ import annotations

from typing import Final

TITLES: Final = {
    "already_answered": "The question has its answer",
    "body_too_large": "The request is too large",
    "budget_exceeded": "The budget is spent",
    "bus_unavailable": "The message broker is away",
    "database_unavailable": "The database is away",
    "dataset_cell_too_long": "A value is too long",
    "dataset_corrupt": "The file is damaged",
    "dataset_empty": "The file is empty",
    "dataset_encrypted": "The file is protected",
    "dataset_gone": "The dataset was deleted",
    "dataset_no_rows": "The file has no rows",
    "dataset_not_ready": "The dataset is not loaded",
    "dataset_out_of_memory": "Reading the file takes too much memory",
    "dataset_timeout": "Reading the file takes too long",
    "dataset_too_deep": "The file is nested too deeply",
    "dataset_too_large": "The file is too large",
    "dataset_too_many_cells": "The table has too many cells",
    "dataset_too_many_columns": "The table has too many columns",
    "dataset_too_many_rows": "The table has too many rows",
    "dataset_unreadable": "The file cannot be read",
    "dataset_unsupported": "The file is no table",
    "failed": "It did not work",
    "half_run": "A step may have run already",
    "internal": "Something went wrong in Parley",
    "model_answered": "The model answered the prompt",
    "model_auth": "The model does not accept the key",
    "model_context_exceeded": "The request is too long for the model",
    "model_not_found": "There is no such model",
    "model_output_empty": "The model's answer is empty",
    "model_output_invalid": "The model's answer cannot be used",
    "model_output_truncated": "The model's answer was cut off",
    "model_quota_exceeded": "The model's quota is used up",
    "model_rate_limited": "The model has too much to do",
    "model_refused": "The model declined to answer",
    "model_rejected": "The model rejected the request",
    "model_timeout": "The model takes too long",
    "model_unavailable": "The model cannot be reached",
    "model_unreadable": "No model answers at this address",
    "non_deterministic": "The job's program changed while it ran",
    "quarantined": "The job keeps crashing",
    "question_expired": "Nobody answered in time",
    "search_forbidden": "The search engine does not allow it",
    "search_rejected": "The search engine rejected the request",
    "search_timeout": "The search engine takes too long",
    "search_unavailable": "The search engine cannot be reached",
    "search_unreadable": "The search engine's answer cannot be used",
    "sql_refused": "The query was refused",
    "step_timeout": "A step took too long",
    "temporarily_unavailable": "It is not available right now",
    "time_limit": "The job took too long",
    "too_many_schedules": "There are too many schedules",
}


def title_of(code: str) -> str:
    """The title of a code; one that has none is said in its own words."""
    return TITLES.get(code) or code.replace("_", " ").capitalize()
