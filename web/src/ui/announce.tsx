/** Reads a sentence to screen readers whenever it changes, without showing it. */
export function Announce({ children }: { children: string }) {
  return (
    <p role="status" className="sr-only">
      {children}
    </p>
  );
}

const SENTENCES = /[^.!?…\n]*(?:[.!?…\n]+(?=\s|$)|[.!?…\n])/g;

/**
 * Reads streamed text to screen readers sentence by sentence, as tokens would be noise: each sentence is an element of
 * its own, and only those that are added are read. `done` lets the rest be read.
 */
export function AnnounceText({ text, done }: { text: string; done: boolean }) {
  const whole = text.match(SENTENCES) ?? [];
  const rest = done ? text.slice(whole.join("").length).trim() : "";
  return (
    <div role="log" aria-live="polite" className="sr-only">
      {whole.map((sentence, at) => (
        <p key={at}>{sentence}</p>
      ))}
      {rest && <p>{rest}</p>}
    </div>
  );
}
