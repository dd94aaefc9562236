"""What is understood, what is refused, and what a query looks like whatever a column is called."""

from __future__ import annotations

import duckdb
import pytest
import sqlglot

from parley_common.contracts.datasets import Column, Profile, Top
from parley_research.domain.asks import Ask, Refusal
from parley_research.domain.engine import divided, lookups, plan
from parley_research.domain.lookups import found
from parley_research.domain.results import Result

SPECIES = Column(
    name="species", type="text", distinct=2, top=[Top(value="Adelie", count=3), Top(value="Gentoo", count=2)]
)
MASS = Column(name="body_mass_g", type="integer", distinct=5, minimum=3000, maximum=6000, mean=4000.0)
BILL = Column(name="bill_length_mm", type="number", distinct=5, minimum=30.5, maximum=60.5, mean=40.0)
FLIPPER = Column(name="flipper_length_mm", type="number", distinct=5, minimum=170.5, maximum=230.5, mean=200.0)
YEAR = Column(name="year", type="integer", distinct=3, minimum=2007, maximum=2009, mean=2008.0)
TAGGED = Column(name="tagged", type="boolean", distinct=2, top=[Top(value=True, count=3), Top(value=False, count=2)])


def table(*columns: Column) -> Profile:
    return Profile(format="csv", rows=5, columns=list(columns), hash="0" * 64, size=1)


PENGUINS = table(SPECIES, MASS, BILL, FLIPPER, YEAR, TAGGED)


def asked(question: str, profile: Profile = PENGUINS, name: str = "penguins.csv") -> Ask | Refusal:
    part = plan(divided(question), profile, name=name).parts[0]
    return part.query.ask if part.query else part.refusal or Refusal(reason="")


def test_few_whole_numbers_are_counted_one_by_one_however_they_are_written() -> None:
    marks = [Top(value=value, count=1) for value in (1.0, 2.0, 3.0)]
    rate = Column(name="rate", type="number", distinct=3, minimum=1, maximum=3, mean=2.0, top=marks)
    halves = rate.model_copy(update={"top": [Top(value=value, count=1) for value in (1.0, 1.5, 3.0)]})
    shapes = [asked("distribution of rate", table(SPECIES, column)) for column in (rate, halves)]
    assert [each.shape for each in shapes if isinstance(each, Ask)] == ["shares", "distribution"]


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("How many penguins are there?", "value"),
        ("What's the average body mass?", "value"),
        ("typical weight", "value"),
        ("Average body mass by species", "groups"),
        ("Which 2 species have the most penguins?", "top groups"),
        ("Which species has the lowest bill length?", "extreme groups"),
        ("the heaviest penguin", "top rows"),
        ("What percentage of penguins are Gentoo?", "share"),
        ("breakdown by species", "shares"),
        ("How did body mass change over time?", "trend"),
        ("Adelie vs Gentoo body mass", "compare"),
        ("correlation of body mass and bill length", "relationship"),
        ("distribution of body mass", "distribution"),
        ("outliers in body mass", "outliers"),
        ("Which columns have missing values?", "missing"),
        ("Which species are there?", "values"),
    ],
)
def test_each_sort_of_question_is_told_by_its_words(question: str, shape: str) -> None:
    ask = asked(question)
    assert isinstance(ask, Ask)
    assert ask.shape == shape


@pytest.mark.parametrize(
    ("question", "operator", "values"),
    [
        ("How many penguins weigh more than 4 kg?", ">", [4000]),
        ("How many penguins have at most 4,000 g of body mass?", "<=", [4000]),
        ("How many penguins have a bill length between 40 and 45 mm?", "between", [40, 45]),
        ("How many penguins were there in 2008?", "in", [2008]),
        ("How many penguins were there since 2008?", ">=", [2008]),
        ("How many penguins were there before 2008?", "<", [2008]),
        ("How many penguins are not Adelie?", "not in", ["Adelie"]),
        ("How many penguins are tagged?", "in", [True]),
        ("How many penguins are not tagged?", "in", [False]),
    ],
)
def test_each_condition_is_read_from_its_words(question: str, operator: str, values: list[object]) -> None:
    ask = asked(question)
    assert isinstance(ask, Ask)
    assert [(each.operator, each.values) for each in ask.conditions] == [(operator, values)]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Why are Gentoo heavier?", "not why"),
        ("What will the average body mass be?", "nothing here predicts"),
        ("Which species is the best?", "judgement"),
        ("How many penguins were there last month?", "from today"),
        ("What is the average wing span?", "“wing”"),
        ("What is the average length?", "could mean several columns"),
        ("How many emperor penguins are there?", "“emperor”"),
        ("What is the average body mass of whales?", "“whales”"),
    ],
)
def test_what_the_table_cannot_tell_is_refused_with_its_reason(question: str, reason: str) -> None:
    refusal = asked(question)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason


def test_a_refusal_lists_what_there_is_to_ask_about() -> None:
    refusal = asked("What is the average wing span?")
    assert isinstance(refusal, Refusal)
    assert "“body_mass_g”" in refusal.reason


def test_two_questions_are_two_parts_and_them_means_the_rows_before() -> None:
    parts = plan(
        divided("What is the average body mass of Adelie penguins, and how many of them are tagged?"),
        PENGUINS,
        name="penguins.csv",
    ).parts
    assert [each.part.id for each in parts] == ["q1", "q2"]
    second = parts[1].query
    assert second is not None
    assert [each.column for each in second.ask.conditions] == ["species", "tagged"]


@pytest.mark.parametrize(
    "name", ['say "hi"', "x'; DROP TABLE data; --", "Größe (cm)", "a.b[c]", "select", "n" * 10_000]
)
def test_a_column_may_be_called_anything(name: str) -> None:
    column = MASS.model_copy(update={"name": name})
    profile = table(SPECIES, column)
    question = f"What is the distribution of {name}?" if len(name) < 100 else "average by species"
    planned = (
        plan(divided(question), profile).queries() or plan(divided("How many values are missing?"), profile).queries()
    )
    assert planned
    connection = duckdb.connect()
    quoted = name.replace('"', '""')
    connection.execute(f"CREATE TABLE data AS SELECT 'Adelie' AS species, 7 AS \"{quoted}\"")
    for each in planned:
        assert isinstance(sqlglot.parse_one(each.sql, dialect="duckdb"), sqlglot.exp.Query)
        assert connection.execute(each.sql).fetchall()
    assert connection.execute("SELECT count(*) FROM data").fetchall() == [(1,)]


def test_values_the_profile_does_not_list_are_looked_up_with_their_quotes_intact() -> None:
    names = Column(name="name", type="text", distinct=500, top=[Top(value="Ann", count=2)])
    profile = table(names, MASS)
    question = "What is the average body mass where name is O'Brien 100%_x?"
    (asked_for,) = lookups(question, profile)
    connection = duckdb.connect()
    connection.execute("CREATE TABLE data AS SELECT unnest(['O''Brien', 'Other']) AS name")
    rows = [[value] for (value,) in connection.execute(asked_for.sql).fetchall()]
    matches = found(asked_for, Result(query_id="lookup", columns=["value"], rows=rows))
    assert [(each.column, each.value) for each in matches] == [("name", "O'Brien")]


def test_words_that_come_to_stand_beside_each_other_are_no_error() -> None:
    """ "On" and "average" are one word for the grammar, and what stood between them is understood before."""
    assert isinstance(asked("species on heaviest average? is Which the"), Ask | Refusal)
