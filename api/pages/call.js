/* Calls of /v1, the same as everybody's. */
import { lang, word } from "@words.js@";
import { el } from "@dom.js@";

const WAIT_MS = 60000; /* township links are slow; sealing and printing take their time */
let lost = null;

/* Why a call failed.  Of our API: code, zh, en, retryable, errors; else code is
   "offline", "timeout" or "unreadable" and the words are the page's own. */
export class Problem extends Error {
  constructor(status, body, wait) {
    super(body.code);
    this.status = status;
    this.code = body.code;
    this.texts = body.zh ? { zh: body.zh, en: body.en } : null;
    this.retryable = status === 0 || Boolean(body.retryable);
    this.errors = body.errors || [];
    this.wait = wait > 0 ? wait : 0;
  }
  get text() {
    return this.texts ? this.texts[lang()] : word("common.problem." + this.code);
  }
}

/* Called when a session has ended: before the call that noticed it fails. */
export function whenLost(fn) {
  lost = fn;
}

async function reach(path, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), WAIT_MS);
  try {
    return await fetch(path, Object.assign(options, { signal: stop.signal }));
  } catch (e) {
    throw new Problem(0, { code: stop.signal.aborted ? "timeout" : "offline" });
  } finally {
    clearTimeout(timer);
  }
}

async function failed(reply) {
  let body = null;
  try { body = await reply.json(); } catch (e) { body = null; }
  if (!body || !body.code || !body.zh) return new Problem(reply.status, { code: "unreadable", retryable: true });
  return new Problem(reply.status, body, Number(reply.headers.get("Retry-After")));
}

/* One call: the JSON of the answer (null when it is empty), or with
   as: "blob" its bytes.  Throws a Problem.  options: body and type (instead of
   json), key (Idempotency-Key), as, credentials. */
export async function call(method, path, json, options) {
  const o = options || {}, headers = {};
  const body = o.body !== undefined ? o.body : json === undefined || json === null ? undefined : JSON.stringify(json);
  if (body !== undefined) headers["Content-Type"] = o.type || "application/json";
  if (o.key) headers["Idempotency-Key"] = o.key;
  const reply = await reach(path, {
    method: method, headers: headers, body: body, cache: "no-store", redirect: "error",
    credentials: o.credentials || "same-origin",
  });
  if (!reply.ok) {
    const problem = await failed(reply);
    if (problem.code === "login_needed" && lost) lost();
    throw problem;
  }
  try {
    if (o.as === "blob") return await reply.blob();
    const text = await reply.text();
    return text ? JSON.parse(text) : null;
  } catch (e) {
    throw new Problem(0, { code: "unreadable" });
  }
}

/* A problem as a box: words, every wrong field, how long to wait, the code. */
export function problemBox(problem) {
  if (!(problem instanceof Problem)) throw problem;
  return el("div", { class: "notice bad", role: "alert" },
    el("p", { class: "strong" }, problem.text),
    problem.errors.length > 0 ? el("ul", null, problem.errors.map((e) => el("li", null, e[lang()] || e.zh))) : null,
    problem.wait > 1 ? el("p", null, word("common.problem.wait", { n: problem.wait })) : null,
    el("p", { class: "hint" }, word("common.problem.code", { code: problem.code })));
}

/* A name for a call that is done once however often it is sent. */
export function onceKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
