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

/** For rehype: `[2]` in the text becomes a `cite` element with the number as its text. */
export function citations() {
  return (tree: TreeNode): void => mark(tree);
}

function mark(node: TreeNode): void {
  if (!node.children || LITERAL.has(node.tagName ?? "")) return;
  node.children = node.children.flatMap((child) => {
    if (child.type === "text") return parts(child.value ?? "");
    mark(child);
    return [child];
  });
}

function parts(text: string): TreeNode[] {
  return text.split(MARKER).flatMap((part, at): TreeNode[] => {
    const piece = { type: "text", value: part };
    if (at % 2 === 1) return [{ type: "element", tagName: "cite", properties: {}, children: [piece] }];
    return part === "" ? [] : [piece];
  });
}
