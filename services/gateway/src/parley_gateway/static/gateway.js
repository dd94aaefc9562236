// Parley's API for the page: requests with the user's token, and a socket that resumes where it was cut.

const FINAL = new Set(["job.completed", "job.failed", "job.cancelled"]);
const TOKEN = "parley-token";
const BUSY = "temporarily_unavailable";
const MAX_DELAY = 15_000;

// What the gateway refused, in the words of its problem document.
export class Problem extends Error {
  constructor(status, { title, detail, trace_id: trace } = {}) {
    super([title ?? "The gateway does not answer", detail].filter(Boolean).join(": ") + (trace ? ` (trace ${trace})` : ""));
    this.status = status;
  }
}

export class Gateway {
  get signedIn() {
    return sessionStorage.getItem(TOKEN) !== null;
  }

  signOut() {
    sessionStorage.removeItem(TOKEN);
  }

  async register(username, password) {
    await this.call("POST", "/auth/register", { username, password });
  }

  async signIn(username, password) {
    const answer = await this.call("POST", "/auth/token", new URLSearchParams({ username, password }));
    sessionStorage.setItem(TOKEN, answer.access_token);
  }

  // The JSON of a successful answer; throws a Problem otherwise, of status 0 when nothing answers.
  async call(method, path, body) {
    const headers = {};
    if (this.signedIn) headers.Authorization = `Bearer ${sessionStorage.getItem(TOKEN)}`;
    if (body && !(body instanceof URLSearchParams)) {
      headers["Content-Type"] = "application/json";
      body = JSON.stringify(body);
    }
    const response = await fetch(path, { method, headers, body }).catch(() => {
      throw new Problem(0);
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Problem(response.status, { title: response.statusText, ...answer });
    return answer;
  }

  // A new socket, and the frame that must go first: a ticket where there are users.
  async open() {
    const first = this.signedIn ? [{ type: "auth", ticket: (await this.call("POST", "/v1/ws-ticket")).ticket }] : [];
    return [new WebSocket(`${location.origin.replace("http", "ws")}/v1/ws`), first];
  }
}

// Shows every event of a job once and in order until the final one, whatever the network does.
// Returns a function that stops it. `refused` gets "signed-out" or a sentence when trying again is useless.
export function follow(gateway, job, { show, connection, refused }) {
  let cursor = 0;
  let failures = 0;
  let stopped = false;
  let socket = null;
  let retry = 0;
  let wish = null;

  function stop() {
    stopped = true;
    clearTimeout(retry);
    removeEventListener("online", reconnect);
    socket?.close();
  }

  function giveUp(reason) {
    stop();
    connection("idle");
    refused(reason);
  }

  function receive(frame) {
    if (frame.type === "error") return frame.code === BUSY ? socket.close() : giveUp(frame.detail);
    if (frame.type === "reconnect") {
      wish = frame.after_ms;
      return socket.close();
    }
    if (frame.type === "subscribed") {
      failures = 0;
      connection("live");
    }
    if (frame.job !== job || !frame.data) return;
    if (frame.seq != null) {
      if (frame.seq <= cursor) return;
      cursor = frame.seq;
    }
    if (FINAL.has(frame.type)) {
      stop();
      connection("idle");
    }
    show(frame);
  }

  function closed({ code }) {
    if (stopped) return;
    if (code === 4401) return giveUp("signed-out");
    if (code === 4404) return giveUp("There is no such job.");
    connection("lost");
    const backOff = Math.min(MAX_DELAY, 250 * 2 ** failures++) * (0.5 + Math.random());
    retry = setTimeout(connect, wish ?? backOff);
    wish = null;
  }

  function reconnect() {
    if (socket && socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(retry);
    connect();
  }

  async function connect() {
    let first;
    try {
      [socket, first] = await gateway.open();
    } catch (problem) {
      return closed({ code: problem.status === 401 ? 4401 : 1006 });
    }
    if (stopped) return socket.close();
    socket.onopen = () => {
      for (const frame of [...first, { type: "subscribe", job, since: cursor }]) socket.send(JSON.stringify(frame));
    };
    socket.onmessage = (event) => receive(JSON.parse(event.data));
    socket.onclose = closed;
  }

  addEventListener("online", reconnect);
  connect();
  return stop;
}
