"""Questions no table can answer by arithmetic, told by their words."""

# A pattern is read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Collection

_CAUSE = r"^\s*(?:why|how come)\b|\bwhy\b|\b(?:what|which)\b.*\b(?:causes?|caused|explains?|drives?|drove|reasons?)\b|\b(?:because of what|due to what|the reason|reasons? (?:for|behind|why)|caused by|root cause)\b|\bcauses?\b"
_FUTURE = r"\b(?:will|predict(?:s|ed|ion|ions)?|forecasts?|forecasted|projection|projected|future|going to (?:be|happen|rise|fall|grow)|next (?:year|month|week|quarter|day|decade)|tomorrow|expected to|extrapolate|estimate for|would .* be if|what if|in 20[3-9]\d)\b"
_OPINION = r"\b(?:should|shall (?:i|we)|recommend(?:ation|ed)?|advice|advise|opinion|do you (?:think|like|believe|feel)|you think|worth it|favou?rite|beautiful|cute|cutest|nicest|prettiest|ugliest|smartest|happiest|coolest|delicious|tastiest|(?:is|are) .{1,40} (?:good|bad|fair|ethical|safe|healthy|normal)\b|best|worst|better|worse|nice|interesting|important|suspicious)\b"
_RELATIVE = r"\b(?:(?:(?<!first and )last|this|past|current|previous) (?:year|month|week|quarter|day|decade|summer|winter|\d+ \w+|few \w+)|yesterday|today|tonight|now(?:adays)?|currently|recent(?:ly)?|(?:\d+|two|three|five|ten) (?:years|months|days|weeks) ago|lately|so far|to date|right now)\b"
_TASK = r"^\s*(?:please )?(?:write|translate|draw me a|sing|tell me a (?:joke|story)|delete|drop|insert|update|create|ignore|send|email|train|build|cluster|classify)\b|\b(?:regression model|machine learning|statistically significant|significan(?:t|ce)|p.value|t.test|anova|chi.square|confidence interval|hypothesis)\b"

_REASONS: tuple[tuple[str, str], ...] = (
    (_CAUSE, "it shows what is, not why: causes are not in a table"),
    (_FUTURE, "it holds what was recorded, and nothing here predicts"),
    (_OPINION, "what is good or what ought to be done is a judgement; name the column that measures what you mean"),
    (_RELATIVE, "the question counts time from today, and the table does not; name a year, a month or a date"),
    (_TASK, "this answers questions about the table with counts, averages and the like; it does nothing else"),
)


_BAD = r"delays?|errors?|unemployment|poverty|murders?|crimes?|inflation|defects?|complaints?|losses|loss"
_GOOD = r"visibility|life expectancy|accuracy|revenue|profits?|sales"


def plain_judgement(question: str) -> str:
    """ "The worst delay" is the highest, "the best visibility" too: where a measure is plain, it is no judgement."""
    for words, best, worst in ((_BAD, "lowest", "highest"), (_GOOD, "highest", "lowest")):
        near = rf"(?=(?: [\w']+){{0,3}} (?:{words})\b)"
        question = re.sub(rf"\bbest{near}", best, re.sub(rf"\bworst{near}", worst, question, flags=re.I), flags=re.I)
    return question


def refused(question: str, own: Collection[str] = ()) -> str:
    """Why the question is not one for a table, or nothing. `own` are words of its columns, which mean just these."""
    low = question.casefold().replace("’", "'")
    for pattern, reason in _REASONS:
        if any(found[0].strip() not in own for found in re.finditer(pattern, low)):
            return reason
    return ""
