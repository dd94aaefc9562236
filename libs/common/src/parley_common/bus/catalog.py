"""Every message key and the contract behind it: what may be on the bus, and nothing else.

A new service is one line in `START` and a `StartJob` class for each kind of its jobs.
"""

from __future__ import annotations

from typing import get_args

from parley_common.contracts.commands import (
    AnswerQuestion,
    CancelJob,
    ResumeJob,
    StartChat,
    StartEnhancement,
    StartForgetting,
    StartForgettingConversation,
    StartIngestion,
    StartJob,
    StartLoading,
    StartResearch,
)
from parley_common.contracts.events import JobEvent
from parley_common.contracts.model import Contract

START: dict[str, tuple[type[StartJob], ...]] = {
    "enhancer": (StartEnhancement,),
    "research": (StartResearch, StartLoading),
    "ingest": (StartIngestion, StartForgetting),
    "chat": (StartChat, StartForgettingConversation),
}
SERVICES = tuple(START)
EVENT_TYPES: dict[str, type[Contract]] = {
    event.model_fields["type"].default: event for event in get_args(get_args(JobEvent)[0])
}


def commands(service: str) -> dict[str, type[Contract]]:
    """Key → class of what may be said to `service`, on `parley.commands`."""
    return {
        **{f"{service}.{start.verb}.v1": start for start in START[service]},
        f"{service}.resume.v1": ResumeJob,
        f"{service}.answer.v1": AnswerQuestion,
        f"{service}.cancel.v1": CancelJob,
    }


def events(service: str) -> dict[str, type[Contract]]:
    """Key → class of what may be said about the jobs of `service`, on `parley.events`."""
    return {f"{service}.{name}.v1": event for name, event in EVENT_TYPES.items()}


CATALOG: dict[str, type[Contract]] = {
    key: contract for service in SERVICES for key, contract in (commands(service) | events(service)).items()
}
