/** A document to try the page with: what Parley itself does. */
export const SAMPLE = (): File => new File([TEXT], SAMPLE_NAME, { type: "text/markdown" });

export const SAMPLE_NAME = "about-parley.md";

/** Questions that it answers. */
export const SAMPLE_QUESTIONS = [
  "What happens when a worker crashes?",
  "What does a job cost that waits for an answer?",
  "How are citations checked?",
];

const TEXT = `# About Parley

Parley runs long AI jobs that can stop and ask. Work is submitted over HTTP, done by workers in named steps, and its
progress, questions and results arrive live in the browser.

## Crashes

When a worker crashes, another worker takes over its jobs. The result of every finished step is kept in a journal, so
the job goes on at the first unfinished step, and no finished model call is paid for again.

## Questions

A job may ask its user something and wait for the answer. A job that waits for an answer costs nothing but a row in the
database: its worker, its memory and its message are given back until the answer comes.

## Documents

Uploaded documents are read, split into passages, and embedded, so that they can be found by their meaning and by their
words. A document counts as ready only when all its passages were found again.

## Answers

Every sentence of an answer names its source. Citations are checked: a quotation is cut out of the document itself,
character by character, and a citation that names no source is removed. Where the documents say nothing about a
question, the answer says so.
`;
