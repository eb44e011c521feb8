/* What the views of the desk share while somebody is logged in.  It is in
   memory only, and forgotten when he leaves. */
import { call, problemBox } from "@call.js@";
import { clock, said, word } from "@words.js@";
import { el, field, hush, select } from "@dom.js@";

export const desk = { session: null, office: null, printers: [], asOf: null, printer: null };
const forgetters = [];

/* fn is called when what was found about people must go. */
export function onForget(fn) {
  forgetters.push(fn);
}

export function forget() {
  hush();
  for (const fn of forgetters) fn();
}

export function leave() {
  forget();
  Object.assign(desk, { session: null, office: null, printers: [], asOf: null, printer: null });
}

export const has = (...roles) => Boolean(desk.session) && roles.includes(desk.session.role);

const PAGES_MAX = 50;

/* All items of a list that comes in pages. */
export async function allOf(path) {
  const items = [];
  for (let cursor = null, n = 0; n < PAGES_MAX && (n === 0 || cursor); n++) {
    const page = await call("GET", path + (cursor ? (path.includes("?") ? "&" : "?") + "cursor=" + encodeURIComponent(cursor) : ""));
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

/* The clerk's own office; once. */
export async function loadOffice() {
  if (!desk.office && desk.session.office) desk.office = await call("GET", "/v1/offices/" + desk.session.office);
}

function choosePrinter() {
  if (desk.printers.some((p) => p.id === desk.printer)) return;
  const best = desk.printers.find((p) => p.accepting && p.state !== "offline") || desk.printers[0];
  desk.printer = best ? best.id : null;
}

/* The states of its printers, and when they were asked.  While nobody answers,
   they can be chosen all the same: jobs wait for them. */
export async function loadPrinters() {
  await loadOffice();
  if (!desk.office) return;
  const known = desk.office.printers || [];
  if (desk.printers.length === 0) desk.printers = known.map((p) => Object.assign({ state: "not_known" }, p));
  choosePrinter();
  const answer = await call("GET", "/v1/offices/" + desk.session.office + "/printers");
  desk.printers = answer.items.map((p) => Object.assign({}, known.find((k) => k.id === p.id), p));
  desk.asOf = new Date();
  choosePrinter();
}

/* For those who see many offices: a choice of one, put into `place`; chosen(id)
   is called now and after each change.  A clerk has one only. */
export async function officeChoice(place, chosen) {
  if (desk.session.office) return chosen(desk.session.office);
  const offices = await allOf("/v1/offices");
  const node = select("office", offices.map((o) => [o.id, said(o)]), null, { onchange: () => chosen(node.value) });
  place.append(field(word("desk.office"), node));
  return offices.length > 0 ? chosen(node.value) : null;
}

/* What a printer's state means, in plain words. */
export function printerWords(p) {
  const state = word("desk.printer.states." + p.state);
  const more = said(p.words) === state ? "" : said(p.words);
  if (p.state === "offline" && more) return more; /* it says so itself */
  const queued = p.queued > 0 ? word("desk.printer.queued", { n: p.queued }) : "";
  return [state, more, queued].filter(Boolean).join(word("common.comma"));
}

export const asOf = (date) => el("p", { class: "hint" }, word("desk.as_of", { time: clock(date) }));

/* Run a call; its problem goes into `place` and to `failed`, the answer to
   `done`. */
export async function tried(place, work, done, failed) {
  place.replaceChildren();
  try {
    const answer = await work();
    if (done) await done(answer);
    return true;
  } catch (e) {
    if (e.code === "login_needed") return false; /* the login is shown already */
    place.replaceChildren(problemBox(e));
    if (failed) failed(e);
    return false;
  }
}

/* A key as it is shown on a control. */
export const key = (name) => el("kbd", { "aria-hidden": "true" }, name);

/* The heading that a view begins with. */
export const heading = (text) => el("h1", { tabindex: "-1" }, text);
