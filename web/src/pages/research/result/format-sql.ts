/** Words that begin a part of a SELECT; each part gets a line of its own. */
const PARTS =
  /^(?:FROM|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT|UNION(?: ALL)?|(?:LEFT |RIGHT |FULL |INNER |CROSS )?JOIN)\b/i;
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\s+|./gsu;
const INDENT = "  ";

/**
 * SQL on several lines, for reading: only white space between words changes, never what stands in quotes, so it means
 * the same. SQL that has lines already stays as it is.
 */
export function formatSql(sql: string): string {
  if (sql.includes("\n")) return sql;
  let depth = 0;
  let lines = "";
  for (const { 0: token, index } of sql.matchAll(TOKENS)) {
    if (token === "(") depth += 1;
    if (token === ")") depth -= 1;
    const isBreak = depth < 2 && /^\s+$/u.test(token) && PARTS.test(sql.slice(index + token.length));
    lines += isBreak ? `\n${INDENT.repeat(Math.max(0, depth))}` : token;
  }
  return lines;
}
