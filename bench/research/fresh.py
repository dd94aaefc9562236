"""A second set kept apart: written after the first held-out set had shown what was missing."""

# A case is read in one line.
# ruff: noqa: E501
from __future__ import annotations

from bench.research.cases import Case, case

ANSWERABLE: list[Case] = [
    case("penguins", lambda d: (d.island == "Torgersen").sum(), "How many penguins come from Torgersen?"),
    case("penguins", lambda d: d[d.year == 2009].flipper_length_mm.mean(), "What was the mean flipper length in 2009?"),
    case(
        "penguins",
        lambda d: d[d.island == "Dream"].groupby("species").bill_length_mm.median().tolist(),
        "Median bill length by species on Dream",
    ),
    case(
        "penguins",
        lambda d: ((d.bill_depth_mm < 15) & (d.species == "Gentoo")).sum(),
        "How many Gentoo have a bill depth of less than 15 mm?",
    ),
    case(
        "penguins",
        lambda d: ["Adelie", d[d.species == "Adelie"].flipper_length_mm.mean()],
        "Which species has the shortest flippers on average?",
    ),
    case("penguins", lambda d: d.body_mass_g.var(), "What is the variance of body mass?"),
    case("tips", lambda d: ["Sat", (d.day == "Sat").sum()], "Which day is the busiest?"),
    case("tips", lambda d: d[d.smoker == "Yes"].tip.median(), "What is the median tip of smokers?"),
    case("tips", lambda d: d["size"].max(), "What is the largest size?"),
    case("tips", lambda d: 100 * (d.time == "Dinner").mean(), "What fraction of rows are dinner?"),
    case(
        "tips",
        lambda d: d[(d.sex == "Male") & (d.day == "Fri")].total_bill.sum(),
        "Sum of total bill for men on Friday",
    ),
    case("flights", lambda d: (d.arr_delay < 0).sum(), "How many flights had an arrival delay below 0?"),
    case("flights", lambda d: d.carrier.nunique(), "How many airlines are there?"),
    case(
        "flights",
        lambda d: ["HA", d.groupby("carrier").distance.mean().max()],
        "Which carrier flies the longest distance on average?",
    ),
    case(
        "flights",
        lambda d: d.groupby("month").dep_delay.mean().tolist(),
        "How does the average departure delay vary by month?",
    ),
    case("flights", lambda d: d.air_time.min(), "What is the shortest air time?"),
    case(
        "flights", lambda d: ["ORD", (d.dest == "ORD").sum()], "What are the top 3 destinations by number of flights?"
    ),
    case("flights", lambda d: (d.distance > 2000).sum(), "count flights longer than 2000 miles"),
    case(
        "gapminder",
        lambda d: d[(d.country == "Brazil") & (d.year == 1997)].lifeExp.iloc[0],
        "What was the life expectancy in Brazil in 1997?",
    ),
    case(
        "gapminder",
        lambda d: d[(d.year == 2007) & (d.lifeExp > 80)].country.nunique(),
        "How many countries had a life expectancy above 80 in 2007?",
    ),
    case(
        "gapminder",
        lambda d: d[(d.year == 1952) & (d.continent == "Europe")]["pop"].sum(),
        "total population of Europe in 1952",
    ),
    case(
        "gapminder",
        lambda d: [d[(d.country == "India") & (d.year == y)]["pop"].iloc[0] for y in (1952, 2007)],
        "How did the population of India grow?",
    ),
    case(
        "gapminder",
        lambda d: d[d.year == 1977].groupby("continent").lifeExp.median().tolist(),
        "median life expectancy per continent in 1977",
    ),
    case(
        "iris",
        lambda d: d.petal_length.corr(d.petal_width),
        "Is there a correlation between petal length and petal width?",
    ),
    case("iris", lambda d: d[d.species == "versicolor"].sepal_length.mean(), "average sepal length of versicolor"),
    case("stocks", lambda d: d[d.date.dt.year == 2019].AMZN.max(), "What was the maximum of AMZN in 2019?"),
    case("stocks", lambda d: (d.FB > 1).sum(), "How many weeks had FB above 1?", "How many rows have FB over 1?"),
    case("medals_wide", lambda d: d.bronze.mean(), "What is the average number of bronze medals?"),
    case("medals_wide", lambda d: 15, "How many silver medals did China get?"),
    case("airports", lambda d: len(d), "How many airports are listed?"),
    case("airports", lambda d: (d.alt > 5000).sum(), "How many airports have an altitude above 5000 feet?"),
    case("planes", lambda d: d.seats.max(), "What is the highest number of seats?"),
    case("planes", lambda d: (d.manufacturer == "EMBRAER").sum(), "How many planes were manufactured by Embraer?"),
    case(
        "weather",
        lambda d: ["JFK", d.groupby("origin").wind_speed.mean().max()],
        "Which origin has the highest average wind speed?",
    ),
    case("election", lambda d: 100 * (d.winner == "Joly").mean(), "What percentage of districts has Joly as winner?"),
    case(
        "experiment",
        lambda d: d[d.group == "control"].experiment_1.mean(),
        "What is the average of experiment 1 in the control group?",
    ),
]
_NONE = {
    "penguins": "How many penguins were tagged with a GPS?|What is the average number of chicks per species?|Are penguins endangered?|What is the mean bill colour?|How many seals live on Dream?|What is the average body mass in Chile?",
    "tips": "How many waiters are there?|What is the average age of smokers?|What was the tip yesterday?|How much wine was ordered?",
    "flights": "How many crew members were on each flight?|Which flight was the most expensive?|Was the pilot of flight 1545 male?|What is the average delay in Europe?",
    "gapminder": "What is the average temperature of each continent?|Which country has the best healthcare?|How many tourists visited France in 2007?|What is the GDP of Mars?",
    "stocks": "What is the dividend of AAPL?|Which company has the most employees?",
    "iris": "How many petals does setosa have?|What is the scent of virginica?",
}
UNANSWERABLE: list[Case] = [case(table, None, *questions.split("|")) for table, questions in _NONE.items()]
