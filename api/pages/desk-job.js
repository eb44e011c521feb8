/* One print job: its state in words, and what the clerk may say about it. */
import { call } from "@call.js@";
import { said, word } from "@words.js@";
import { announce, el, field, form, input, select } from "@dom.js@";
import { has, tried } from "@desk-state.js@";
import { printHere } from "@desk-paper.js@";

const LOOK = { rendered: "…", sent: "→", confirmed: "✓", failed: "✕", unknown: "?" };
const FAULTS = ["jam", "empty", "faint", "wrong", "other"];

/* Nothing more will happen by itself. */
export const ended = (job) => job.state === "confirmed" || job.state === "failed";

export function jobName(job) {
  const name = said(job.type_name) || job.type;
  return job.number ? name + " " + job.number : name;
}

export function jobKind(job) {
  return word("desk.kinds." + job.kind) + (job.copy ? word("desk.job.copy", { n: job.copy }) : "");
}

export function stateWord(job) {
  return word(job.state === "sent" && job.channel === "browser" ? "desk.job.by_browser" : "desk.job.states." + job.state);
}

export function jobState(job) {
  return el("div", { class: "state " + job.state },
    el("span", { class: "dot", "aria-hidden": "true" }, LOOK[job.state] || "?"),
    el("span", null, stateWord(job),
      job.detail ? el("span", { class: "detail" }, said(job.detail)) : null));
}

/* Ask why a sheet is no good, then say so. */
function spoiledForm(job, place, done, cancel) {
  const reason = select("fault-" + job.id, FAULTS.map((f) => [f, word("desk.job.faults." + f)]));
  const other = input("fault-text-" + job.id, { maxlength: "60" });
  const send = () => {
    const text = other.value.trim() || word("desk.job.faults." + reason.value);
    return tried(place, () => call("POST", "/v1/print-jobs/" + job.id + "/settle", { came_out: false, reason: text }), done);
  };
  const node = form({ class: "inline" }, send,
    field(word("desk.job.fault"), reason), field(word("desk.job.fault_text"), other),
    el("div", { class: "row" },
      el("button", { type: "submit", class: "button small" }, word("desk.job.spoiled_sure")),
      el("button", { type: "button", class: "quiet small", onclick: cancel }, word("desk.back"))));
  setTimeout(() => reason.focus(), 0);
  return node;
}

/* The document of a job for the browser, which is given once. */
export async function fetchAndPrint(job) {
  printHere(await call("GET", "/v1/print-jobs/" + job.id + "/file", null, { as: "blob" }));
}

/* The buttons of a job; done(job) is called with what became of it.
   again: (job) => void offers to print it again. */
export function jobButtons(job, done, again) {
  if (!has("clerk")) return null;
  const place = el("div"), row = el("div", { class: "row" });
  const act = (action, body) => () => tried(place, () => call("POST", "/v1/print-jobs/" + job.id + "/" + action, body), (answer) => {
    if (action === "cancel" && answer.state === job.state) { /* the printer has it, and is asked */
      place.replaceChildren(el("p", { class: "notice", role: "status" }, word("desk.job.cancel_asked")));
      announce(word("desk.job.cancel_asked"));
      return;
    }
    announce(jobName(answer) + " " + word("desk.job.states." + answer.state));
    done(answer);
  });
  const button = (name, fn, look) => row.append(el("button", {
    type: "button", class: (look || "quiet") + " small", "data-act": job.id + name, onclick: fn,
  }, word("desk.job." + name)));
  const here = () => tried(place, async () => {
    if (job.state === "sent") await call("POST", "/v1/print-jobs/" + job.id + "/resend", {});
    await fetchAndPrint(job);
    return call("GET", "/v1/print-jobs/" + job.id);
  }, done);
  const browser = job.channel === "browser", open = job.state === "sent" || job.state === "unknown";
  if (open) button("came_out", act("settle", { came_out: true }), "button");
  if (open || job.state === "confirmed")
    button("spoiled", () => row.replaceWith(spoiledForm(job, place, done, () => done(job))));
  if (browser && (job.state === "rendered" || job.state === "sent")) button("here", here);
  if (!browser && (job.state === "rendered" || job.state === "unknown")) button("resend", act("resend", {}));
  if (job.state === "rendered" || (job.state === "sent" && !browser)) button("cancel", act("cancel", {}));
  if (job.state === "failed" && again) button("again", () => again(job));
  return el("div", null, row, place);
}

/* Ask again until the job has ended: every 2 s, later every 5.  Returns a
   function that stops it. */
export function follow(job, changed) {
  let timer = null, asked = 0, stopped = false;
  const ask = async () => {
    try {
      const now = await call("GET", "/v1/print-jobs/" + job.id);
      if (stopped) return;
      changed(now);
      if (ended(now)) return;
    } catch (e) {
      if (e.code === "login_needed") return;
      if (!stopped) changed(null);
    }
    if (!stopped) timer = setTimeout(ask, ++asked < 15 ? 2000 : 5000);
  };
  if (!ended(job)) timer = setTimeout(ask, 2000);
  return () => { stopped = true; clearTimeout(timer); };
}
