import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

const pages = ["enhance", "research", "documents", "jobs"];

export default ts.config(
  { ignores: ["src/api/schema.d.ts", "public"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [
      ts.configs.strictTypeChecked,
      ts.configs.stylisticTypeChecked,
      hooks.configs.flat.recommended,
      a11y.flatConfigs.strict,
    ],
    languageOptions: { globals: globals.browser, parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // The router redirects by throwing what is not an Error.
      "@typescript-eslint/only-throw-error": "off",
    },
  },
  { files: ["**/*.test.ts"], rules: { "@typescript-eslint/no-non-null-assertion": "off" } },
  // A page is a chunk of its own: what two pages share belongs to neither.
  ...pages.map((page) => ({
    files: [`src/pages/${page}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: pages.filter((other) => other !== page).map((other) => `@/pages/${other}/*`) },
      ],
    },
  })),
);
