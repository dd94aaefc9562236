import type { Schemas } from "@/api/client";

type Column = Schemas["Column"];

const MOST_GROUPS = 30;

/** Questions to begin with, made from what stands in the profile: each names columns that are there. */
export function suggestionsFor({ columns }: Schemas["Profile"]): readonly string[] {
  const groups = columns.filter(
    (column) => column.type === "text" && column.distinct > 1 && column.distinct <= MOST_GROUPS,
  );
  const amounts = columns.filter(isAmount);
  const [group] = groups;
  const [amount, other] = amounts;
  return [
    amount && group && `What is the average ${amount.name} by ${group.name}?`,
    amount && `What is the distribution of ${amount.name}?`,
    amount && other && `What is the correlation between ${amount.name} and ${other.name}?`,
    group && `How many rows are there for each ${group.name}?`,
  ].filter((question) => question !== undefined);
}

/** A number that measures something: years, keys and codes are numbers too, and their averages say nothing. */
function isAmount({ name, type, distinct }: Column): boolean {
  const isNumber = type === "number" || type === "integer";
  return (
    isNumber &&
    distinct > 10 &&
    !/(^|_)(id|no|num|number|year|month|day|hour|minute|code|key|lat|lon|index|time|flight|zip)$/i.test(name)
  );
}
