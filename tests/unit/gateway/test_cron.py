"""When five fields and a time zone come true: across summer time, leap years and never."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from parley_gateway.domain.cron import Cron, TimeZone, next_time

CRON: TypeAdapter[str] = TypeAdapter(Cron)
ZONE: TypeAdapter[str] = TypeAdapter(TimeZone)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("expression", "zone", "after", "due"),
    [
        ("0 9 * * MON", "UTC", "2026-11-21T12:00+00:00", "2026-11-23T09:00+00:00"),
        ("0 9 * * *", "Europe/Berlin", "2026-07-01T07:00+00:00", "2026-07-02T07:00+00:00"),
        ("0 9 * * *", "Europe/Berlin", "2026-12-01T07:59:59.5+00:00", "2026-12-01T08:00+00:00"),
        ("*/15 * * * *", "Asia/Kathmandu", "2026-01-01T00:00:00.1+00:00", "2026-01-01T00:15+00:00"),
        ("0 0 29 2 *", "UTC", "2026-01-01T00:00+00:00", "2028-02-29T00:00+00:00"),
        ("0 0 29 2 *", "UTC", "2096-03-01T00:00+00:00", "2104-02-29T00:00+00:00"),
        ("0 0 L * *", "UTC", "2026-02-01T00:00+00:00", "2026-02-28T00:00+00:00"),
    ],
)
def test_the_next_time_is_the_first_behind_the_present(expression: str, zone: str, after: str, due: str) -> None:
    assert next_time(expression, zone, after=at(after)) == at(due)


def test_an_hour_that_summer_time_skips_is_made_up_for_right_behind_it() -> None:
    due = next_time("30 2 * * *", "Europe/Berlin", after=at("2026-03-28T12:00+00:00"))
    assert due == at("2026-03-29T01:00+00:00")
    assert next_time("30 2 * * *", "Europe/Berlin", after=due) == at("2026-03-30T00:30+00:00")


def test_an_hour_that_winter_time_repeats_counts_once() -> None:
    due = next_time("30 2 * * *", "Europe/Berlin", after=at("2026-10-24T12:00+00:00"))
    assert due == at("2026-10-25T00:30+00:00")
    assert next_time("30 2 * * *", "Europe/Berlin", after=due) == at("2026-10-26T01:30+00:00")


def test_asked_in_a_repeated_hour_the_answer_is_not_in_the_past() -> None:
    """It is 2:10 for the second time; 2:30 was 40 minutes ago."""
    after = at("2026-10-25T01:10+00:00")
    assert next_time("30 2 * * *", "Europe/Berlin", after=after) == at("2026-10-26T01:30+00:00")


def test_every_hour_means_both_of_two_equal_ones() -> None:
    first = next_time("30 * * * *", "Europe/Berlin", after=at("2026-10-25T00:00+00:00"))
    assert first == at("2026-10-25T00:30+00:00")
    assert next_time("30 * * * *", "Europe/Berlin", after=first) == at("2026-10-25T01:30+00:00")


def test_the_next_time_is_always_later_and_in_utc() -> None:
    """Each quarter of an hour of the days that change the clock, in zones north and south."""
    for day in ("2026-03-29", "2026-10-25", "2026-04-05", "2026-10-04"):
        for quarter in range(96):
            after = at(f"{day}T{quarter // 4:02}:{quarter % 4 * 15:02}+00:00")
            for zone in ("Europe/Berlin", "Australia/Lord_Howe"):
                due = next_time("10,45 1,2,3 * * *", zone, after=after)
                assert due is not None
                assert due > after
                assert due.tzinfo is UTC


@pytest.mark.parametrize(
    "expression",
    [
        *("", "@daily", "* * * *", "* * * * * *", "a b c d e", "٣ * * * *", "0 0 * * 1" + ",1" * 200),
        *("60 * * * *", "0 24 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 8", "*/0 * * * *", "5-1 * * * *"),
        *("0 0 30 2 *", "0 0 31 4,6 *"),
    ],
)
def test_what_is_no_cron_expression_of_five_fields_is_refused(expression: str) -> None:
    with pytest.raises(ValidationError):
        CRON.validate_python(expression)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "europe/berlin", "../../etc/passwd", "+01:00", "x" * 65, "\0"])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError):
        ZONE.validate_python(zone)
