import type { Enhanced } from "./enhanced";

/** The old prompt and the new one in one text: what went is struck out, what came is underlined. */
export function Changes({ enhanced }: { enhanced: Enhanced }) {
  if (!enhanced.changed) return <p className="text-sm text-muted">Nothing was changed.</p>;
  return (
    <>
      <p className="mb-3 flex gap-4 text-xs text-muted" aria-hidden>
        <span>
          <ins className={STYLES.insert}>added</ins>
        </span>
        <span>
          <del className={STYLES.delete}>taken out</del>
        </span>
      </p>
      <p className="text-sm leading-7 wrap-anywhere whitespace-pre-wrap">
        {enhanced.diff.map(({ op, text }, at) => {
          const Element = ELEMENTS[op];
          return (
            <Element key={at} className={STYLES[op]}>
              {text}
            </Element>
          );
        })}
      </p>
    </>
  );
}

const ELEMENTS = { equal: "span", insert: "ins", delete: "del" } as const;
const STYLES = {
  equal: "",
  insert: "rounded-sm bg-success-soft decoration-success underline-offset-4",
  delete: "rounded-sm bg-danger-soft text-muted decoration-danger",
} as const;
