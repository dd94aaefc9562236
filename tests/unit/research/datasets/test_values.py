"""What values of a text mean, and that every change is said."""
# ruff: noqa: DTZ001 - tables hold times without a zone

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from .conftest import Read

MEANINGS: list[tuple[list[str], str, list[Any], str | None]] = [
    (["1", "-2", "0"], "integer", [1, -2, 0], None),
    (["9223372036854775807", "1"], "integer", [9223372036854775807, 1], None),
    (["9223372036854775808", "1"], "text", ["9223372036854775808", "1"], "too many digits"),
    (["12345678901234567890", "1"], "text", ["12345678901234567890", "1"], "too many digits"),
    (["01234", "99999"], "text", ["01234", "99999"], "leading zeros"),
    (["1.5", ".5", "1e3", "2"], "number", [1.5, 0.5, 1000.0, 2.0], None),
    (["1,234", "12"], "integer", [1234, 12], "1,234 read as 1234"),
    (["1,234.50", "12"], "number", [1234.5, 12.0], "1,234.50 read as 1234.5"),
    (["1.234,50", "12,5"], "number", [1234.5, 12.5], "1.234,50 read as 1234.5"),
    (["1 234,5", "2 000"], "number", [1234.5, 2000.0], "read as"),
    (["1'234.5", "7"], "number", [1234.5, 7.0], "1'234.5 read as 1234.5"),
    (["$1,234.50", "-$3", "($4)"], "number", [1234.5, -3.0, -4.0], "$1,234.50 read as 1234.5"),
    (["3,50 €", "1.000,00 €"], "number", [3.5, 1000.0], "read as"),
    (["$5", "€5"], "text", ["$5", "€5"], None),
    (["5%", "7.5 %"], "number", [5.0, 7.5], "read as"),
    (["+4930123456", "+4940123456"], "text", ["+4930123456", "+4940123456"], None),
    (["yes", "No"], "boolean", [True, False], "yes/no read as true/false"),
    (["true", "FALSE"], "boolean", [True, False], None),
    (["f", "f"], "text", ["f", "f"], None),
    (["2024-12-31", "2024-01-01"], "date", [date(2024, 12, 31), date(2024, 1, 1)], None),
    (["2024-02-30", "2024-01-01"], "text", ["2024-02-30", "2024-01-01"], "kept as text: 1 of 2"),
    (["31.12.2024", "1.2.2024"], "date", [date(2024, 12, 31), date(2024, 2, 1)], "31.12.2024 read as 2024-12-31"),
    (["12/31/2024", "1/2/2024"], "date", [date(2024, 12, 31), date(2024, 1, 2)], "12/31/2024 read as 2024-12-31"),
    (["31/12/2024", "1/2/2024"], "date", [date(2024, 12, 31), date(2024, 2, 1)], "31/12/2024 read as 2024-12-31"),
    (["01/02/2024", "03/04/2024"], "date", [date(2024, 1, 2), date(2024, 3, 4)], "the other way round"),
    (["5 Jan 2024", "12 Feb 2024"], "date", [date(2024, 1, 5), date(2024, 2, 12)], "read as"),
    (
        ["2024-01-01 10:00", "2024-01-01T10:00:00.5"],
        "timestamp",
        [datetime(2024, 1, 1, 10), datetime(2024, 1, 1, 10, 0, 0, 500_000)],
        None,
    ),
    (
        ["2024-01-01T10:00:00+02:00", "2024-01-01T10:00:00Z", "2024-01-01 10:00:00+0530"],
        "timestamp",
        [datetime(2024, 1, 1, 8), datetime(2024, 1, 1, 10), datetime(2024, 1, 1, 4, 30)],
        "times with a zone read as UTC",
    ),
    (
        ["12/31/2024 3:04 PM", "1/2/2024 1:00 AM"],
        "timestamp",
        [datetime(2024, 12, 31, 15, 4), datetime(2024, 1, 2, 1)],
        "read as",
    ),
    (["09:30", "23:59"], "time", [time(9, 30), time(23, 59)], None),
    (["1", "NA", "3", "-", "n/a"], "integer", [1, None, 3, None, None], "“-”, “NA”, “n/a” read as missing"),
    (["a", "NA", "b"], "text", ["a", None, "b"], "“NA” read as missing"),
    (["DE", "NA", "FR", "US"], "text", ["DE", "NA", "FR", "US"], "“NA” kept"),
    (["none", "low", "high"], "text", ["none", "low", "high"], None),
    (
        ["1", "2", "3", "4", "x"],
        "text",
        ["1", "2", "3", "4", "x"],
        "kept as text: 1 of 5 values are no whole numbers, such as “x”",
    ),
    (["", "", ""], "text", [None, None, None], None),
    ([" 1", "2 "], "integer", [1, 2], None),
    ([" a", "b "], "text", [" a", "b "], None),
]


@pytest.mark.parametrize(("texts", "type", "values", "said"), MEANINGS, ids=lambda value: str(value)[:40])
async def test_values_are_read_as_what_they_mean(
    read: Read, texts: list[str], type: str, values: list[Any], said: str | None
) -> None:
    lines = "".join(f"{number}\t{text}\n" for number, text in enumerate(texts))
    loaded = await read("key\tit\n" + lines)
    column = loaded.column("it")
    assert (column.type, loaded.values("it")) == (type, values)
    assert column.missing == values.count(None)
    if said is None:
        assert column.read_as is None
    else:
        assert said in (column.read_as or "")


async def test_ambiguous_numbers_and_dates_follow_the_rest_of_the_file(read: Read) -> None:
    loaded = await read("a;b;c;d\n1.234;2,5;01/02/2024;31/12/2024\n5.678;3,75;03/04/2024;30/11/2024\n")
    assert loaded.values("a") == [1234, 5678]
    assert loaded.values("c") == [date(2024, 2, 1), date(2024, 4, 3)]


async def test_one_odd_value_far_below_the_sample_keeps_the_column_text(read: Read) -> None:
    lines = [str(number) for number in range(20_001)]
    lines[15_001] = "oops"
    loaded = await read("n\n" + "\n".join(lines) + "\n")
    assert loaded.types == {"n": "text"}
    assert "1 of 20001 values are no whole numbers, such as “oops”" in (loaded.column("n").read_as or "")
    assert loaded.profile.columns[0].missing == 0


async def test_a_thousands_separator_far_below_the_sample_is_still_a_number(read: Read) -> None:
    lines = [str(number % 1000) for number in range(20_001)]
    lines[15_001] = '"1,000"'
    loaded = await read("n,m\n" + "\n".join(f"{line},x" for line in lines) + "\n")
    assert loaded.column("n").maximum == 1000
