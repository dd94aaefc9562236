import { describe, expect, it } from "vitest";

import { citations, type TreeNode } from "./citations";

const text = (value: string): TreeNode => ({ type: "text", value });
const element = (tagName: string, ...children: TreeNode[]): TreeNode => ({
  type: "element",
  tagName,
  properties: {},
  children,
});

describe("markers", () => {
  it("become citations where text is text, also side by side and inside of emphasis", () => {
    const tree = element("p", text("It grew [1][12]. "), element("strong", text("[3]")), text(" [x] [1234]"));
    citations()(tree);
    expect(tree.children).toEqual([
      text("It grew "),
      element("cite", text("1")),
      element("cite", text("12")),
      text(". "),
      element("strong", element("cite", text("3"))),
      text(" [x] [1234]"),
    ]);
  });

  it("stay as they are in code", () => {
    const tree = element("p", element("code", text("a[1]")));
    citations()(tree);
    expect(tree).toEqual(element("p", element("code", text("a[1]"))));
  });
});
