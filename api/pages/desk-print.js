/* Print one certificate: look at it, choose what and where, follow the sheet. */
import { call, onceKey, Problem } from "@call.js@";
import { said, today, when, word } from "@words.js@";
import { announce, el, facts, field, form, input, select } from "@dom.js@";
import { asOf, desk, key, loadPrinters, printerWords, tried } from "@desk-state.js@";
import { preview } from "@desk-paper.js@";
import { fetchAndPrint, follow, jobButtons, jobKind, jobState } from "@desk-job.js@";

const KINDS = ["original", "proof", "copy"];
const BROWSER = "browser"; /* among the printers' ids */

export const typeName = (item) => said(item.type_name) || item.type;
export const statusWord = (status) => word("common.statuses." + status);
export const kindsOf = (item) => KINDS.filter((kind) => item.print && item.print[kind]);

/* May it be printed, how often was it, how often may it still: in words. */
export function mayWords(may) {
  const parts = [may.allowed ? word("desk.may.yes") : word("desk.may.no")];
  if (!may.allowed && may.why) parts.push(said(may.why));
  if (may.made > 0) parts.push(word("desk.may.made", { n: may.made }));
  if (may.allowed && typeof may.left === "number") parts.push(word("desk.may.left", { n: may.left }));
  return parts.join(word("common.comma"));
}

/* One call is one job, however often it is sent: an answer that was lost is
   asked for again under the same name. */
const names = new Map();
export async function makeJob(body) {
  const text = JSON.stringify(body);
  if (!names.has(text)) names.set(text, onceKey());
  try {
    const job = await call("POST", "/v1/print-jobs", body, { key: names.get(text) });
    names.delete(text);
    return job;
  } catch (e) {
    if (e instanceof Problem && e.status !== 0 && !e.retryable) names.delete(text);
    throw e;
  }
}

/* Printers of the office with their states, and the browser. */
export function printerSelect(id, withBrowser) {
  const options = desk.printers.map((p) => [p.id, said(p) + word("common.colon") + printerWords(p)]);
  if (withBrowser) options.push([BROWSER, word("desk.channel.browser")]);
  return select(id, options, desk.printer || (withBrowser ? BROWSER : ""), { onchange: (e) => { desk.printer = e.target.value; } });
}

export function placeOf(id) {
  return id === BROWSER ? { channel: "browser" } : { channel: "printer", printer: id };
}

/* A line that follows a job and offers what may be said about it. */
export function jobLine(job, stops, again) {
  const node = el("div", { class: "job", "data-job": job.id });
  const show = (now, old) => node.replaceChildren(...[
    el("p", { class: "strong" }, jobKind(now), now.channel === "printer" && now.printer ? " · " + printerName(now.printer) : ""),
    jobState(now), old ? el("p", { class: "hint" }, word("desk.as_of_old")) : null,
    jobButtons(now, (next) => { show(next); if (next.state !== now.state) watch(next); }, again),
  ].filter(Boolean));
  const watch = (now) => {
    let last = now;
    stops.push(follow(now, (next) => {
      if (next && JSON.stringify(next) === JSON.stringify(last)) return;
      if (next && next.state !== last.state) announce(jobKind(next) + " " + word("desk.job.states." + next.state));
      show(next || last, !next);
      last = next || last;
    }));
  };
  show(job);
  watch(job);
  return node;
}

const printerName = (id) => {
  const p = desk.printers.find((one) => one.id === id);
  return p ? said(p) : id;
};

function itemFacts(item) {
  return facts([
    [word("desk.cert.holder"), item.holder],
    [word("desk.cert.status"), statusWord(item.status)],
    [word("desk.cert.department"), item.department_name],
    [word("desk.cert.issued"), item.issued && when(item.issued)],
    [word("desk.cert.valid_to"), item.valid_to ? when(item.valid_to) : word("common.forever")],
  ]);
}

/* Which look of the type, when there are several. */
function variantChoice(item) {
  const all = item.variants || [];
  return all.length > 1 ? select("variant", all.map((v) => [v.id, said(v)])) : null;
}

function previewButton(item, lookup, variant, place) {
  const button = el("button", { type: "button", id: "preview-open", class: "quiet", "aria-keyshortcuts": "F4" }, word("desk.print.preview"), key("F4"));
  button.addEventListener("click", () => tried(place,
    () => call("POST", "/v1/previews", Object.assign({ certificate: item.id, lookup: lookup }, variant ? { variant: variant.value } : null), { as: "blob" }),
    (blob) => preview(blob, word("desk.print.preview_of", { name: typeName(item) }), button)));
  return button;
}

function kindChoice(item, changed) {
  const kinds = kindsOf(item), first = kinds.find((kind) => item.print[kind].allowed);
  return el("fieldset", null, el("legend", null, word("desk.print.kind")),
    kinds.map((kind) => el("label", { class: "check", for: "kind-" + kind },
      el("input", { type: "radio", name: "kind", id: "kind-" + kind, value: kind, checked: kind === first, disabled: !item.print[kind].allowed, onchange: changed }),
      el("span", null, el("strong", null, word("desk.kinds." + kind)), el("span", { class: "detail" }, mayWords(item.print[kind]))))));
}

/* What must be said for this kind at this place; hidden when it does not apply. */
function questions() {
  const q = {
    purpose: input("copy-purpose", { maxlength: "60" }),
    expires: el("input", { id: "copy-expires", type: "date", min: today(), autocomplete: "off" }),
    reason: input("reprint-reason", { maxlength: "60" }),
    blank: input("blank", { maxlength: "40" }),
  };
  q.copy = el("div", { class: "pair" }, field(word("desk.print.copy_purpose"), q.purpose, word("desk.print.copy_purpose_hint")), field(word("desk.print.copy_expires"), q.expires));
  q.again = field(word("desk.print.reason"), q.reason, word("desk.print.reason_hint"));
  q.stock = field(word("desk.print.blank"), q.blank, word("desk.print.blank_hint"));
  return q;
}

function bodyOf(item, memory, kind, q, at) {
  const body = Object.assign({ certificate: item.id, kind: kind, lookup: memory.lookup }, placeOf(at));
  body.purpose = kind === "copy" ? q.purpose.value.trim() : memory.purpose;
  if (kind === "copy") body.expires = q.expires.value;
  if (q.variant && kind !== "copy") body.variant = q.variant.value;
  if (memory.matter) body.matter = memory.matter;
  if (!q.again.hidden && q.reason.value.trim()) body.reason = q.reason.value.trim();
  if (!q.stock.hidden && q.blank.value.trim()) body.blank = q.blank.value.trim();
  return body;
}

/* What is known about a certificate: beside the boxes. */
export const aboutBox = (item) => el("section", { class: "box" }, itemFacts(item));

/* One certificate of a look-up.  memory: {lookup, purpose, matter, stops};
   jobs: where its print jobs are shown, newest first. */
export function printBox(item, memory, jobs) {
  const place = el("div"), states = el("div"), q = questions();
  q.variant = variantChoice(item);
  const printers = el("div", { class: "field" });
  const chosen = () => { const r = node.querySelector("input[name=kind]:checked"); return r ? r.value : null; };
  const adapt = () => {
    const kind = chosen(), may = kind && item.print[kind];
    const at = desk.printers.find((p) => p.id === desk.printer);
    q.copy.hidden = kind !== "copy";
    q.again.hidden = !may || kind === "copy" || (may.made === 0 && !q.asked);
    q.stock.hidden = !at || !at.stock;
    send.disabled = !kind;
  };
  const showPrinters = () => {
    printers.replaceChildren(el("label", { for: "printer" }, word("desk.print.where")), printerSelect("printer", true));
    printers.lastChild.addEventListener("change", adapt);
    if (desk.asOf) states.append(asOf(desk.asOf));
    adapt();
  };
  const print = () => tried(place, () => makeJob(bodyOf(item, memory, chosen(), q, desk.printer || BROWSER)), async (job) => {
    const may = item.print[job.kind];
    if (may) may.made += 1; /* so that the next one asks why */
    jobs.hidden = false;
    jobs.firstChild.after(jobLine(job, memory.stops));
    jobs.scrollIntoView({ block: "nearest" });
    announce(word("desk.job.states." + job.state));
    if (job.channel === "browser") await fetchAndPrint(job);
    q.reason.value = "";
    adapt();
  }, (e) => {
    if (e.code !== "reason_needed") return;
    q.asked = true;
    adapt();
    q.reason.focus();
  });
  const send = el("button", { type: "submit", id: "print", class: "button", "aria-keyshortcuts": "F8" }, word("desk.print.print"), key("F8"));
  const node = el("section", { class: "box" },
    el("div", { class: "row between" }, el("h2", null, word("desk.print.heading")), previewButton(item, memory.lookup, q.variant, place)),
    q.variant ? field(word("desk.print.variant"), q.variant) : null,
    kindsOf(item).length === 0 ? el("p", { class: "notice" }, word("desk.print.nothing")) :
      form({ id: "print-form" }, print, kindChoice(item, adapt), q.copy, q.again, printers, states, q.stock, send),
    place);
  showPrinters();
  if (kindsOf(item).length > 0) tried(states, loadPrinters, showPrinters, showPrinters);
  return node;
}
