"""What goes from stage to stage: what was asked, the queries that look for it, and what they say."""

from __future__ import annotations

from pydantic import Field

from parley_common.contracts.datasets import Profile
from parley_common.contracts.model import Contract
from parley_common.contracts.research import Detail, QuestionKind, Statement
from parley_research.domain.charts import Chart


class Asked(Contract):
    """A question, and what the table it is about is like; `values` are those of its words that stand in it.

    `name` is what the file was called.
    """

    question: str
    name: str
    profile: Profile
    values: list[Detail] = Field(default_factory=list)


class Query(Contract):
    """One SELECT on the table `data` that answers one part of the question."""

    id: str
    question: str
    kind: QuestionKind
    sql: str
    chart: Chart | None = None


class Findings(Contract):
    """What the results say. `answered` is false when the data cannot tell, and `answer` then says why.

    `given` are phrases with digits in them that come from the question, not from the results: "than 4,000".
    """

    answered: bool
    answer: Statement
    findings: list[Statement] = Field(default_factory=list)
    given: list[str] = Field(default_factory=list)
