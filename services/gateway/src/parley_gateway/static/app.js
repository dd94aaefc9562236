// The page: a form on the left, the job's text on the right, and a dialog when the job asks.
// Whatever comes from the server is shown as text and never becomes markup.

import { Gateway, Problem, follow } from "/gateway.js";

const gateway = new Gateway();
const at = (id) => document.getElementById(id);
const FINAL = { "job.completed": "Done.", "job.failed": "Failed.", "job.cancelled": "Cancelled." };

let job = null;
let stopFollowing = () => {};
let message = { id: null, length: 0 };
let question = null;
let opener = null;
let ticking = 0;

// --- signing in ---

async function start() {
  try {
    await gateway.call("GET", "/v1/jobs?limit=1");
  } catch (error) {
    if (error.status === 401) return showSignIn();
    at("form-problem").textContent = explain(error);
  }
  at("sign-in").hidden = true;
  at("work").hidden = false;
  at("sign-out").hidden = !gateway.signedIn;
  resume();
}

function showSignIn() {
  leave();
  gateway.signOut();
  at("work").hidden = at("sign-out").hidden = true;
  at("sign-in").hidden = false;
  at("username").focus();
}

at("sign-in-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { username, password } = Object.fromEntries(new FormData(event.target));
  at("sign-in-problem").textContent = "";
  try {
    if (event.submitter?.value === "register") await gateway.register(username, password);
    await gateway.signIn(username, password);
    event.target.reset();
    await start();
  } catch (error) {
    at("sign-in-problem").textContent = explain(error);
  }
});

at("sign-out").addEventListener("click", showSignIn);

// --- submitting and following one job, whose id is in the address so that a reload finds it again ---

at("enhance-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const body = { task: form.get("task"), lazy_prompt: form.get("lazy_prompt"), use_web_search: form.has("use_web_search") };
  at("form-problem").textContent = "";
  try {
    const { task_id: id } = await gateway.call("POST", "/api/enhance/", body);
    location.hash = id;
  } catch (error) {
    if (error.status === 401) return showSignIn();
    at("form-problem").textContent = explain(error);
  }
});

addEventListener("hashchange", resume);

async function resume() {
  const id = location.hash.slice(1);
  if (id === job) return;
  leave();
  if (!id) return;
  job = id;
  at("stage").textContent = "Waiting for a worker.";
  at("cancel").hidden = false;
  stopFollowing = follow(gateway, id, { show, connection: showConnection, refused });
  if (at("prompt").value) return;
  try {
    const { input } = await gateway.call("GET", `/v1/jobs/${encodeURIComponent(id)}`);
    at("task").value = input.task ?? "";
    at("prompt").value = input.lazy_prompt ?? "";
    at("web").checked = input.use_web_search === true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

function leave() {
  stopFollowing();
  stopFollowing = () => {};
  job = null;
  message = { id: null, length: 0 };
  closeQuestion();
  showConnection("idle");
  at("stage").textContent = "Nothing yet.";
  at("output").textContent = "";
  at("details").replaceChildren();
  at("progress").hidden = at("copy").hidden = at("cancel").hidden = true;
}

function refused(reason) {
  if (reason === "signed-out") return showSignIn();
  at("stage").textContent = reason;
  at("cancel").hidden = true;
  return undefined;
}

at("cancel").addEventListener("click", async () => {
  at("stage").textContent = "Cancelling.";
  try {
    await gateway.call("DELETE", `/v1/jobs/${encodeURIComponent(job)}`);
  } catch (error) {
    at("stage").textContent = explain(error);
  }
});

at("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(at("output").textContent);
  at("stage").textContent = "Copied.";
});

// --- events ---

function show({ type, data }) {
  if (type === "job.started") at("stage").textContent = "Working.";
  if (type === "job.progress") showProgress(data);
  if (type === "message.delta") showDelta(data);
  if (type === "question.asked") question = data;
  if (type === "question.answered" || type === "question.expired") question = null;
  if (type in FINAL) finish(type, data);
  // Replayed questions that are settled already must not flash up.
  clearTimeout(ticking);
  ticking = setTimeout(question ? openQuestion : closeQuestion, 100);
}

function showProgress({ fraction, stage }) {
  at("stage").textContent = stage;
  at("progress").hidden = false;
  at("progress").value = fraction;
}

// Offsets count characters as the server does: code points, not UTF-16 units.
function showDelta({ message_id: id, delta, offset }) {
  const output = at("output");
  if (id !== message.id) {
    message = { id, length: 0 };
    output.textContent = "";
  }
  if (offset !== message.length) output.textContent = [...output.textContent].slice(0, offset).join("");
  output.append(delta);
  message.length = offset + [...delta].length;
}

function finish(type, data) {
  question = null;
  at("progress").hidden = at("cancel").hidden = true;
  at("stage").textContent = FINAL[type];
  if (type === "job.completed") showResult(data.result);
  if (type === "job.failed") at("stage").textContent = `${data.problem.title}: ${data.problem.detail}`;
}

function showResult(result) {
  at("output").textContent = result.result;
  at("copy").hidden = !navigator.clipboard;
  const details = at("details");
  details.replaceChildren(element("p", result.summary));
  if (result.checklist?.length) details.append(checklist(result.checklist));
  list(details, "Sources", result.sources?.map(source));
  list(details, "Lost from your words", result.lost?.map((text) => element("li", text)));
  list(details, "Notes", result.notes?.map((text) => element("li", text)));
  details.append(element("p", result.model ?? (result.mode === "offline" ? "Made offline, without a model." : ""), "hint"));
}

function checklist(checks) {
  const table = element("table");
  const mark = (present) => element("td", present ? "yes" : "no");
  table.append(row(element("th", "Part"), element("th", "Before"), element("th", "After")));
  for (const { element: part, before, after } of checks) table.append(row(element("td", part), mark(before), mark(after)));
  return table;
}

function row(...cells) {
  const line = element("tr");
  line.append(...cells);
  return line;
}

function list(parent, title, items) {
  if (!items?.length) return;
  const bullets = element("ul");
  bullets.append(...items);
  parent.append(element("h3", title), bullets);
}

function source({ title, url }) {
  const item = element("li");
  const link = URL.canParse(url ?? "") && /^https?:$/.test(new URL(url).protocol) ? element("a", title) : element("span", title);
  if (link.tagName === "A") Object.assign(link, { href: url, rel: "noopener noreferrer nofollow", target: "_blank" });
  item.append(link);
  return item;
}

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function showConnection(state) {
  at("connection").dataset.state = state;
  at("connection-text").textContent = { idle: "idle", live: "live", lost: "reconnecting" }[state];
}

// --- the question ---

function openQuestion() {
  const dialog = at("question");
  if (dialog.open && dialog.dataset.id === question.question_id) return;
  closeQuestion();
  opener = document.activeElement;
  dialog.dataset.id = question.question_id;
  at("question-text").textContent = question.prompt;
  at("options").replaceChildren(...(question.options ?? []).map(option));
  at("answer").value = "";
  at("answer").placeholder = question.default ?? "";
  at("answer-problem").textContent = "";
  dialog.showModal();
  at("answer").focus();
  dialog.timer = setInterval(countDown, 1000);
  countDown();
}

function option(text) {
  const button = element("button", text);
  button.type = "button";
  button.addEventListener("click", () => answer({ value: text }));
  return button;
}

function countDown() {
  if (!question) return;
  const left = Math.max(0, Math.round((Date.parse(question.expires_at) - Date.now()) / 1000));
  const then = question.default == null ? "" : `, then “${question.default}” is used`;
  const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  const clock = parts.map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
  at("countdown").textContent = `${clock} left to answer${then}.`;
}

function closeQuestion() {
  const dialog = at("question");
  clearInterval(dialog.timer);
  if (!dialog.open) return;
  dialog.close();
  (opener?.isConnected && opener !== document.body ? opener : at("result-heading")).focus();
}

at("question-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("answer").value.trim();
  if (text) answer({ value: typed(text, question.schema) });
  else if (question.default != null) answer({ value: question.default });
  else at("answer-problem").textContent = "Type an answer, or cancel to go on without one.";
});

function typed(text, schema) {
  if ((schema?.type ?? "string") === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const decline = (event) => {
  event.preventDefault();
  answer({ declined: true });
};
at("decline").addEventListener("click", decline);
at("question").addEventListener("cancel", decline);

async function answer(body) {
  const id = question.question_id;
  try {
    await gateway.call("POST", `/v1/jobs/${encodeURIComponent(job)}/questions/${encodeURIComponent(id)}/answer`, body);
  } catch (error) {
    at("answer-problem").textContent = explain(error);
    if (error.status !== 409 && error.status !== 410) return;
  }
  question = null;
  closeQuestion();
}

function explain(error) {
  if (!(error instanceof Problem)) throw error;
  return error.message;
}

start();
