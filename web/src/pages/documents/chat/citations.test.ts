import { describe, expect, it } from "vitest";

import { citations, sourceOf, type TreeNode } from "./citations";

const text = (value: string): TreeNode => ({ type: "text", value });
const element = (tagName: string, ...children: TreeNode[]): TreeNode => ({
  type: "element",
  tagName,
  properties: {},
  children,
});

const cite = (n: string, before = "0"): TreeNode => ({ ...element("cite", text(n)), properties: { title: before } });

describe("markers", () => {
  it("become citations where text is text, also side by side and inside of emphasis", () => {
    const tree = element("p", text("It grew [1][12]. "), element("strong", text("[3]")), text(" [x] [1234]"));
    citations()(tree);
    expect(tree.children).toEqual([
      text("It grew "),
      cite("1"),
      cite("12"),
      text(". "),
      element("strong", cite("3")),
      text(" [x] [1234]"),
    ]);
  });

  it("of one number stand for its quotations in their order", () => {
    const tree = element("div", element("p", text("a [1]")), element("p", text("b [1]")));
    citations()(tree);
    expect(tree.children?.map((child) => child.children?.[1])).toEqual([cite("1", "0"), cite("1", "1")]);
    const sources = [
      { n: 1, quote: "a" },
      { n: 2, quote: "c" },
      { n: 1, quote: "b" },
    ];
    expect([0, 1, 2].map((before) => sourceOf(sources, 1, before)?.quote)).toEqual(["a", "b", "b"]);
    expect(sourceOf(sources, 3, 0)).toBeUndefined();
  });

  it("stay as they are in code", () => {
    const tree = element("p", element("code", text("a[1]")));
    citations()(tree);
    expect(tree).toEqual(element("p", element("code", text("a[1]"))));
  });
});
