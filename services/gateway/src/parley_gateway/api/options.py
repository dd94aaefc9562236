"""The creation options as fields of a form, for routes that take files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Form
from pydantic import AwareDatetime, HttpUrl, Json

from parley_common.contracts.jobs import Budget, Options, Priority


async def _options(
    priority: Annotated[Priority, Form()] = Priority.INTERACTIVE,
    webhook_url: Annotated[HttpUrl | None, Form(description="Told when the job ends.")] = None,
    notify_email: Annotated[
        str | None, Form(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", description="Told when the job ends.")
    ] = None,
    run_at: Annotated[AwareDatetime | None, Form(description="When to begin.")] = None,
    budget: Annotated[Json[Budget] | None, Form(description="What the job may spend, as JSON.")] = None,
) -> Options:
    given: dict[str, Any] = {
        "priority": priority,
        "webhook_url": webhook_url,
        "notify_email": notify_email,
        "run_at": run_at,
        "budget": budget,
    }
    return Options.model_validate(given)


FormOptions = Annotated[Options, Depends(_options)]
