"""When a schedule is due: five cron fields in a time zone, as Debian's cron understands them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, StringConstraints


def _cron(expression: str) -> str:
    if len(expression.split()) != 5:
        raise ValueError("a cron expression has five fields: minute, hour, day of month, month, day of week")
    try:
        CronSim(expression, datetime.now(UTC))
    except CronSimError as error:
        raise ValueError(f"not a cron expression: {error}") from None
    return expression


def _time_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("not a time zone; give one as in Europe/Berlin, or UTC")
    return name


Cron = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255), AfterValidator(_cron)]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_time_zone)]


def next_time(expression: str, time_zone: str, *, after: datetime) -> datetime | None:
    """The first moment behind `after`, in UTC; `None` if there is none (30 February).

    An hour that summer time skips is made up for right behind it; one that it repeats counts once, the first time.
    """
    times = (due.astimezone(UTC) for due in CronSim(expression, after.astimezone(ZoneInfo(time_zone))))
    # Asked for in the second of two such hours, the first ones are times of the hour before.
    return next((due for due in times if due > after), None)


@cache
def _zones() -> frozenset[str]:
    """Their names; to gather them means to open hundreds of files."""
    return frozenset(available_timezones())
