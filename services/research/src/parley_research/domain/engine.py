"""Research without a model, in pure steps: look up, plan, (run), drill down, (run), synthesize.

The caller runs the SQL in between; nothing here touches data.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from parley_common.contracts.datasets import Profile
from parley_common.contracts.model import Contract
from parley_common.contracts.research import SubQuestion
from parley_research.domain.asks import Ask, Condition, Found, Lookup, Refusal
from parley_research.domain.drilldown import drill_down
from parley_research.domain.lookups import lookups as _lookups
from parley_research.domain.naming import Limits
from parley_research.domain.parts import backward, parts
from parley_research.domain.queries import Query, query
from parley_research.domain.results import Results
from parley_research.domain.table import Table, table
from parley_research.domain.understanding import understand

OTHERS = 5


class Options(Contract):
    """Thresholds of the engine; the service's settings fill them.

    `similar` (of 100) and `spelt` (letters) bound what passes as a misspelt column. `groups` is how many groups a
    drill-down may split into, `follow_ups` how many drill-downs there are, `lookups` how many columns are searched
    for values, `parts` how many questions one question may hold, `bins` those of a histogram, `points` those of a
    scatter plot.
    """

    similar: float = 86.0
    spelt: int = 5
    groups: int = 12
    follow_ups: int = 3
    lookups: int = 8
    parts: int = 8
    bins: int = 20
    points: int = 500


DEFAULTS = Options()


class Planned(Contract):
    """One sub-question: its query, or why there is none."""

    part: SubQuestion
    query: Query | None = None
    refusal: Refusal | None = None


class Plan(Contract):
    """All sub-questions, in order."""

    parts: list[Planned] = Field(default_factory=list)

    def queries(self) -> list[Query]:
        """What is to be run."""
        return [each.query for each in self.parts if each.query]


def lookups(question: str, profile: Profile, *, options: Options = DEFAULTS, name: str = "") -> list[Lookup]:
    """Queries to run before planning; hand their rows to `lookups.found`."""
    return _lookups(question, table(profile, name), columns=options.lookups)


def divided(question: str, *, options: Options = DEFAULTS) -> list[SubQuestion]:
    """The single questions in one, in order."""
    return [SubQuestion(id=f"q{index}", text=text) for index, text in enumerate(parts(question, options.parts), 1)]


def plan(
    wanted: Sequence[SubQuestion],
    profile: Profile,
    found: Sequence[Found] = (),
    *,
    name: str = "",
    options: Options = DEFAULTS,
) -> Plan:
    """Each question understood or refused; `name` is the upload's file name."""
    seen = table(profile, name)
    limits = Limits(similar=options.similar, spelt=options.spelt)
    planned: list[Planned] = []
    before: list[Condition] = []
    for part in wanted:
        inherited = before if planned and backward(part.text) else []
        read = understand(part.text, seen, found, limits=limits, inherited=inherited)
        planned.append(planned_part(part.id, part.text, read, seen))
        before = [*read.base, *read.conditions] if isinstance(read, Ask) else []
    return Plan(parts=planned)


def planned_part(identity: str, text: str, read: Ask | Refusal, seen: Table) -> Planned:
    """One part with its query or its refusal."""
    if isinstance(read, Refusal):
        return Planned(part=SubQuestion(id=identity, text=text, kind="unanswerable"), refusal=read)
    asked = query(identity, text, read, others=_others(read, seen))
    return Planned(part=SubQuestion(id=identity, text=text, kind=asked.kind), query=asked)


def _others(ask: Ask, seen: Table) -> list[str]:
    """Which columns tell what a ranked row is: names and labels first."""
    if ask.shape != "top rows":
        return []
    labels = [each.name for each in seen.fields if each.column.type == "text" or each.label or each.part]
    return [each for each in labels if each not in ask.columns][:OTHERS]


def follow_up(
    planned: Plan,
    results: Results,
    profile: Profile,
    *,
    name: str = "",
    options: Options = DEFAULTS,
) -> list[Query]:
    """Queries that look closer at the largest effects."""
    return drill_down(
        planned.queries(),
        results,
        table(profile, name),
        most=options.follow_ups,
        groups=options.groups,
        bins=options.bins,
        points=options.points,
    )
