/** A node of the tree that Markdown becomes, as far as it matters here. */
export interface TreeNode {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: TreeNode[];
}

const MARKER = /\[(\d{1,3})\]/g;
/** In these, brackets are what they are. */
const LITERAL: ReadonlySet<string> = new Set(["code", "pre", "a"]);

/** For rehype: `[2]` in the text becomes a `cite` element, its title counting the earlier ones of the same number. */
export function citations() {
  return (tree: TreeNode): void => mark(tree, new Map());
}

/** What the marker `[n]` stands for that comes behind `before` others of that number: several quotations may share it. */
export function sourceOf<Source extends { n: number }>(
  sources: readonly Source[],
  n: number,
  before: number,
): Source | undefined {
  const own = sources.filter((source) => source.n === n);
  return own[before] ?? own.at(-1);
}

type Counts = Map<string, number>;

function mark(node: TreeNode, seen: Counts): void {
  if (!node.children || LITERAL.has(node.tagName ?? "")) return;
  node.children = node.children.flatMap((child) => {
    if (child.type === "text") return parts(child.value ?? "", seen);
    mark(child, seen);
    return [child];
  });
}

function parts(text: string, seen: Counts): TreeNode[] {
  return text.split(MARKER).flatMap((part, at): TreeNode[] => {
    const piece = { type: "text", value: part };
    if (at % 2 === 0) return part === "" ? [] : [piece];
    const before = seen.get(part) ?? 0;
    seen.set(part, before + 1);
    return [{ type: "element", tagName: "cite", properties: { title: String(before) }, children: [piece] }];
  });
}
