"""Questions written after the grammar was finished, and not used to change it."""

# A case is read in one line.
# ruff: noqa: E501
from __future__ import annotations

from bench.research.cases import Case, case

ANSWERABLE: list[Case] = [
    case(
        "election",
        lambda d: ["Coderre", (d.winner == "Coderre").sum()],
        "Which winner is the most frequent?",
        "Who is the most common winner?",
    ),
    case("election", lambda d: d.total.mean(), "What is the mean of total?", "average of total"),
    case(
        "election",
        lambda d: (d.result == "majority").sum(),
        "How many districts were won by majority?",
        "number of rows with result majority",
    ),
    case("election", lambda d: d.Joly.sum(), "What is the sum of Joly?", "How many votes did Joly receive overall?"),
    case(
        "experiment",
        lambda d: d.groupby("group").experiment_1.mean().tolist(),
        "mean experiment_1 by group",
        "Compare experiment 1 across groups",
    ),
    case(
        "experiment",
        lambda d: (d.gender == "female").sum(),
        "How many women took part?",
        "How many participants are female?",
    ),
    case(
        "experiment",
        lambda d: d.experiment_2.corr(d.experiment_3),
        "correlation between experiment 2 and experiment 3",
        "Are experiment_2 and experiment_3 correlated?",
    ),
    case("carshare", lambda d: d.car_hours.max(), "What is the maximum number of car hours?", "highest car_hours"),
    case(
        "carshare",
        lambda d: d.groupby("peak_hour").car_hours.mean().tolist()[:1],
        "average car hours by peak hour",
        "mean car_hours for each peak_hour",
    ),
    case(
        "wind",
        lambda d: d[d.direction == "N"].frequency.sum(),
        "What is the total frequency of direction N?",
        "sum of frequency where direction is N",
    ),
    case(
        "wind", lambda d: d.direction.nunique(), "How many wind directions are there?", "how many distinct directions"
    ),
    case(
        "airports",
        lambda d: ["Telluride", d.alt.max()],
        "Which airport has the highest altitude?",
        "What is the highest airport by altitude?",
    ),
    case(
        "airports",
        lambda d: (d.tzone == "America/Chicago").sum(),
        "How many airports are in the America/Chicago timezone?",
        "number of airports with tzone America/Chicago",
    ),
    case("airports", lambda d: d.alt.median(), "median elevation of the airports", "What is the typical altitude?"),
    case(
        "planes",
        lambda d: d.groupby("engine").seats.mean().tolist(),
        "Average number of seats by engine",
        "mean seats for each engine type",
    ),
    case(
        "planes",
        lambda d: (d.year < 1990).sum(),
        "How many planes were built before 1990?",
        "count planes from before 1990",
    ),
    case(
        "planes",
        lambda d: 100 * (d.manufacturer == "BOEING").mean(),
        "What percentage of planes are made by Boeing?",
        "share of Boeing planes",
    ),
    case(
        "planes", lambda d: d.speed.isna().sum(), "How many planes have no speed recorded?", "missing values in speed"
    ),
    case(
        "weather",
        lambda d: d.groupby("origin").temp.mean().tolist(),
        "mean temperature at each origin",
        "Average temp by origin",
    ),
    case(
        "weather",
        lambda d: d[d.month == 7].humid.mean(),
        "What was the average humidity in July?",
        "mean humidity during July",
    ),
    case(
        "weather",
        lambda d: (d.wind_speed > 30).sum(),
        "How many observations have a wind speed above 30?",
        "number of rows with wind speed over 30",
    ),
    case(
        "weather",
        lambda d: d.temp.corr(d.dewp),
        "relationship between temperature and dew point",
        "How does temp relate to dewp?",
    ),
    case(
        "flights",
        lambda d: d[(d.carrier == "AA") & (d.month == 12)].arr_delay.mean(),
        "What was the average arrival delay of AA in December?",
        "mean arr_delay for carrier AA in December",
    ),
    case(
        "flights",
        lambda d: d.groupby("origin").distance.median().tolist(),
        "median distance by origin",
        "What is the median distance for each origin?",
    ),
    case(
        "flights",
        lambda d: 100 * (d.carrier == "DL").mean(),
        "What percentage of flights are operated by DL?",
        "share of flights with carrier DL",
    ),
    case(
        "flights",
        lambda d: ["HNL", d.distance.max()],
        "Which destination is the farthest by distance?",
        "Which destination has the greatest distance?",
    ),
    case(
        "gapminder",
        lambda d: d[(d.continent == "Europe") & (d.year == 1952)].lifeExp.mean(),
        "What was the average life expectancy in Europe in 1952?",
        "mean lifeExp for Europe in 1952",
    ),
    case(
        "gapminder",
        lambda d: ((d.year == 2007) & (d["pop"] > 100_000_000)).sum(),
        "How many countries had a population of more than 100 million in 2007?",
        "number of countries with population over 100,000,000 in 2007",
    ),
    case(
        "gapminder",
        lambda d: [d[(d.year == 2007) & (d.country == c)].gdpPercap.iloc[0] for c in ("France", "Germany")],
        "Compare the gdp per capita of France and Germany in 2007",
        "France vs Germany gdp per capita in 2007",
    ),
    case(
        "tips",
        lambda d: d.groupby(["sex", "smoker"]).tip.mean().tolist(),
        "average tip by sex and smoker",
        "mean tip per sex and smoker",
    ),
    case("tips", lambda d: (d.tip > 5).sum(), "How many tips were above $5?", "count of tips greater than 5 dollars"),
    case(
        "tips",
        lambda d: [d[d.time == t].total_bill.mean() for t in ("Lunch", "Dinner")],
        "Is the total bill higher at lunch or dinner?",
        "mean total bill for lunch versus dinner",
    ),
    case("iris", lambda d: (d.species == "setosa").sum(), "How many setosas are there?", "number of setosa"),
    case(
        "iris",
        lambda d: d[d.species == "virginica"].sepal_width.max(),
        "What is the widest sepal of virginica?",
        "maximum sepal width for virginica",
    ),
    case("stocks", lambda d: d.NFLX.corr(d.AMZN), "How correlated are NFLX and AMZN?", "correlation of NFLX with AMZN"),
    case("stocks", lambda d: [d.FB.min()], "What was the lowest FB?", "minimum value of FB in the data"),
]

_NONE = {
    "election": "Which party spent the most money?|What was the voter turnout by age?|Who will win the next election?|How many women ran for office?",
    "planes": "Which plane crashed?|What is the average ticket revenue?|How many planes does Ryanair own?|Which plane is the safest?",
    "weather": "Will it rain tomorrow?|How many tornadoes were there?|What was the snowfall in January?|What is the average temperature in Boston?",
    "airports": "Which airport has the most passengers?|How many runways does Telluride have?|When was the airport opened?",
    "experiment": "Is the treatment effective?|What is the average blood pressure?|How many participants dropped out?|What was the average age of the control group?",
    "wind": "What is the average wind chill?|What causes strong wind?",
}
UNANSWERABLE: list[Case] = [case(table, None, *questions.split("|")) for table, questions in _NONE.items()]
