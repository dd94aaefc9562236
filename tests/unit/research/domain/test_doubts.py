"""What is refused although each of its words is known, because its number would be a wrong one."""

from __future__ import annotations

import pytest

from parley_common.contracts.datasets import Column, Profile, Top
from parley_research.domain.asks import Ask, Refusal
from parley_research.domain.engine import divided, plan


def text(name: str, *values: str, rows: int = 3) -> Column:
    top = [Top(value=value, count=1) for value in values]
    return Column(name=name, type="text", distinct=len(values), top=top)


def amount(name: str, low: float, high: float, *, whole: bool = False) -> Column:
    kind = "integer" if whole else "number"
    return Column(name=name, type=kind, distinct=9, minimum=low, maximum=high, mean=(low + high) / 2)


def table(*columns: Column, rows: int = 99) -> Profile:
    return Profile(format="csv", rows=rows, columns=list(columns), hash="0" * 64, size=1)


PENGUINS = table(
    text("species", "Adelie", "Gentoo"),
    text("sex", "male", "female"),
    text("island", "Dream", "Biscoe", "Torgersen"),
    amount("body_mass_g", 2700.0, 6300.5),
    amount("flipper_length_mm", 172.5, 231.0),
    amount("year", 2007, 2009, whole=True),
)
FLIGHTS = table(
    text("origin", "JFK", "EWR", "LGA"),
    text("dest", "LAX", "SFO", "EWR"),
    amount("month", 1, 12, whole=True),
    amount("day", 1, 31, whole=True),
    amount("dep_delay", -43.5, 1301.0),
    amount("arr_delay", -86.5, 1272.0),
)
TIPS = table(
    amount("total_bill", 3.07, 50.81),
    amount("tip", 1.0, 10.5),
    text("sex", "Female", "Male"),
    text("day", "Sun", "Sat"),
    text("smoker", "Yes", "No"),
    amount("size", 1, 6, whole=True),
)
COUNTRIES = table(
    text("country", "China", "Chile", "Ghana"),
    text("continent", "Asia", "Africa"),
    amount("year", 1952, 2007, whole=True),
    amount("pop", 60_011, 1_318_683_096, whole=True),
    amount("gdpPercap", 241.2, 113_523.1),
)
MEDALS = table(text("nation", "China", "Canada", "Japan"), amount("gold", 9, 24, whole=True), rows=3)
CRIMES = table(text("state", "Texas", "Ohio"), amount("murder", 0.9, 24.2))

NAMES = {id(TIPS): "tips.csv", id(FLIGHTS): "flights.csv", id(PENGUINS): "penguins.csv"}


def asked(question: str, profile: Profile, name: str) -> Ask | Refusal:
    (planned,) = plan(divided(question), profile, name=name).parts
    return planned.query.ask if planned.query else planned.refusal or Refusal(reason="")


@pytest.mark.parametrize(
    ("question", "profile", "name"),
    [
        ("How many flights departed from LAX?", FLIGHTS, "flights"),
        ("How many flights to JFK?", FLIGHTS, "flights"),
        ("How many flights landed in LGA?", FLIGHTS, "flights"),
        ("How many flights arrived?", FLIGHTS, "flights"),
        ("How many flights per day?", FLIGHTS, "flights"),
        ("How many penguins were sold on Dream?", PENGUINS, "penguins"),
        ("How many Gentoo penguins were employed?", PENGUINS, "penguins"),
        ("Which islands have no Gentoo?", PENGUINS, "penguins"),
        ("mean of the maximum body mass per species", PENGUINS, "penguins"),
        ("average body mass of the 10 heaviest penguins", PENGUINS, "penguins"),
        ("What is the heaviest Adelie's flipper length?", PENGUINS, "penguins"),
        ("Gentoo males vs Adelie females average body mass", PENGUINS, "penguins"),
        ("Which table number has the highest body mass?", PENGUINS, "penguins"),
        ("How many guests came on Sunday?", TIPS, "tips"),
        ("What percent of all tips came from women?", TIPS, "tips"),
        ("How many people live in Asia?", COUNTRIES, "gapminder"),
        ("total gdp per capita of China in 2007", COUNTRIES, "gapminder"),
        ("GDP of China in 2007", COUNTRIES, "gapminder"),
        ("What percentage of countries are in Africa?", COUNTRIES, "gapminder"),
        ("How many medals did China win?", MEDALS, "medals"),
        ("How many murders were there in Texas?", CRIMES, "crimes"),
        (f"How many penguins weigh more than {'9' * 400} g?", PENGUINS, "penguins"),
    ],
)
def test_a_question_is_refused_where_its_number_would_mean_something_else(
    question: str, profile: Profile, name: str
) -> None:
    assert isinstance(asked(question, profile, f"{name}.csv"), Refusal)


@pytest.mark.parametrize(
    ("question", "profile", "operators"),
    [
        ("How many penguins are male or live on Dream?", PENGUINS, ["either"]),
        ("How many penguins are heavier than the average?", PENGUINS, [">"]),
        ("average tip for bills over 30 and under 40", TIPS, [">", "<"]),
        ("How many tips are from parties larger than 4?", TIPS, [">"]),
        ("How many flights departed late?", FLIGHTS, [">"]),
        ("How many flights arrived on time or early?", FLIGHTS, ["<="]),
        ("average dep_delay in months other than 7", FLIGHTS, ["not in"]),
        ("average tip, Sunday excluded", TIPS, ["not in"]),
    ],
)
def test_bounds_are_read_from_more_than_a_column_and_a_number(
    question: str, profile: Profile, operators: list[str]
) -> None:
    ask = asked(question, profile, NAMES[id(profile)])
    assert isinstance(ask, Ask)
    assert [each.operator for each in ask.conditions] == operators
    assert len({each.column for each in ask.conditions}) == 1


@pytest.mark.parametrize(
    ("question", "functions"),
    [
        ("skewness of tip", ["skewness"]),
        ("average ratio of tip to total bill", ["mean"]),
        ("ratio of tip to total bill", ["mean", "sum"]),
        ("average tip per person", ["mean", "sum"]),
        ("total of tip and total bill", ["sum", "sum", "sum"]),
        ("How many tip values are missing by day?", ["missing"]),
    ],
)
def test_each_way_an_amount_can_be_meant_is_computed(question: str, functions: list[str]) -> None:
    ask = asked(question, TIPS, "tips.csv")
    assert isinstance(ask, Ask)
    assert [each.function for each in ask.measures] == functions


def test_a_share_in_a_year_is_one_of_that_year() -> None:
    ask = asked("What share of the world population lived in Asia in 2007?", COUNTRIES, "gapminder.csv")
    assert isinstance(ask, Ask)
    assert [each.column for each in ask.base] == ["year"]
    assert [each.column for each in ask.conditions] == ["continent"]


def test_the_worst_is_the_highest_where_the_measure_is_plain_and_a_judgement_elsewhere() -> None:
    delay = asked("Which origin has the worst average departure delay?", FLIGHTS, "flights.csv")
    assert isinstance(delay, Ask)
    assert delay.descending
    assert isinstance(asked("Which origin is the worst?", FLIGHTS, "flights.csv"), Refusal)
