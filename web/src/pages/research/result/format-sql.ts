/** Words that begin a part of a SELECT; each part gets a line of its own. */
const PARTS =
  /^(?:FROM|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT|UNION(?: ALL)?|(?:LEFT |RIGHT |FULL |INNER |CROSS )?JOIN)\b/i;
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\s+|./gsu;
const QUERY = /^\s*SELECT\b/i;
const INDENT = "  ";

/**
 * SQL on several lines, for reading: only white space between words changes, never what stands in quotes, so it means
 * the same. SQL that has lines already stays as it is.
 */
export function formatSql(sql: string): string {
  if (sql.includes("\n")) return sql;
  // What each open bracket holds: a query of its own, or anything else, which stays on its line.
  const open: boolean[] = [];
  let lines = "";
  for (const { 0: token, index } of sql.matchAll(TOKENS)) {
    const rest = sql.slice(index + token.length);
    if (token === "(") open.push(QUERY.test(rest));
    if (token === ")") open.pop();
    const isBreak = (open.at(-1) ?? true) && /^\s+$/u.test(token) && PARTS.test(rest);
    lines += isBreak ? `\n${INDENT.repeat(open.length)}` : token;
  }
  return lines;
}
