/* Print one certificate: look at it, choose what and where, follow the sheet. */
import { call, onceKey, Problem } from "@call.js@";
import { lastDay, said, today, when, word } from "@words.js@";
import { announce, el, facts, field, focusOn, form, input, select } from "@dom.js@";
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
  const over = may.allowed && may.left === 0;
  const parts = [may.allowed && !over ? word("desk.may.yes") : word("desk.may.no")];
  if (!may.allowed && may.why) parts.push(said(may.why));
  if (may.made > 0) parts.push(word("desk.may.made", { n: may.made }));
  if (over) parts.push(word("desk.may.used_up"));
  else if (may.allowed && typeof may.left === "number") parts.push(word("desk.may.left", { n: may.left }));
  return parts.join(word("common.comma"));
}

/* n more sheets of a kind count since it was looked up: 1, or -1 when one is void. */
export function count(may, n) {
  if (!may) return;
  may.made += n;
  if (typeof may.left === "number") may.left -= n;
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

/* A line that follows a job and offers what may be said about it; failed():
   its sheet has become void. */
export function jobLine(job, stops, failed) {
  const node = el("div", { class: "job", "data-job": job.id });
  let state = job.state;
  const show = (now, old) => {
    const focus = node.contains(document.activeElement) ? document.activeElement.dataset.act || "" : null;
    node.replaceChildren(...[
      el("p", { class: "strong" }, jobKind(now), now.channel === "printer" && now.printer ? " · " + printerName(now.printer) : ""),
      jobState(now), old ? el("p", { class: "hint" }, word("desk.as_of_old")) : null,
      jobButtons(now, (next) => { show(next); if (next.state !== now.state) watch(next); }),
    ].filter(Boolean));
    if (focus !== null) focusOn(node.querySelector('[data-act="' + CSS.escape(focus) + '"]') || node);
    if (now.state === "failed" && state !== "failed" && failed) failed();
    state = now.state;
  };
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
    [word("desk.cert.valid_to"), item.valid_to ? lastDay(item.valid_to) : word("common.forever")],
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
  const rows = kinds.map((kind) => ({
    kind: kind, detail: el("span", { class: "detail" }),
    radio: el("input", { type: "radio", name: "kind", id: "kind-" + kind, value: kind, checked: kind === first, onchange: changed }),
  }));
  const node = el("fieldset", null, el("legend", null, word("desk.print.kind")),
    rows.map((row) => el("label", { class: "check", for: row.radio.id }, row.radio,
      el("span", null, el("strong", null, word("desk.kinds." + row.kind)), row.detail))));
  const show = () => rows.forEach((row) => {
    const may = item.print[row.kind];
    row.detail.textContent = mayWords(may);
    row.radio.disabled = !may.allowed && !row.radio.checked; /* what has the focus keeps it */
  });
  show();
  return { node: node, show: show };
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

/* What must still be said before it can be sent: [control, key of the words]. */
function lacking(kind, q) {
  if (kind === "copy" && q.purpose.value.trim() === "") return [q.purpose, "desk.print.purpose_missing"];
  if (kind === "copy" && q.expires.value === "") return [q.expires, "desk.print.expires_missing"];
  return !q.again.hidden && q.reason.value.trim() === "" ? [q.reason, "desk.print.reason_missing"] : null;
}

/* What is known about a certificate: beside the boxes. */
export const aboutBox = (item) => el("section", { class: "box" }, itemFacts(item));

/* One certificate of a look-up.  memory: {lookup, purpose, matter, stops};
   jobs: where its print jobs are shown, newest first.  Returns the node, and
   show() for when what may be printed has changed. */
export function printBox(item, memory, jobs) {
  const place = el("div"), states = el("div"), q = questions();
  q.variant = variantChoice(item);
  const printers = el("div", { class: "field" }), trouble = el("p", { class: "hint" }), kinds = kindChoice(item, () => adapt());
  const chosen = () => { const r = node.querySelector("input[name=kind]:checked"); return r ? r.value : null; };
  const adapt = () => {
    const kind = chosen(), may = kind && item.print[kind];
    const at = desk.printers.find((p) => p.id === desk.printer);
    q.copy.hidden = kind !== "copy";
    q.again.hidden = !may || kind === "copy" || (may.made === 0 && !q.asked);
    kinds.show();
    q.stock.hidden = !at || !at.stock;
    trouble.textContent = at && at.state !== "ready" ? said(at.words) : ""; /* a narrow list cuts it off */
    button.disabled = !kind;
  };
  const showPrinters = () => {
    printers.replaceChildren(el("label", { for: "printer" }, word("desk.print.where")), printerSelect("printer", true));
    printers.lastChild.addEventListener("change", adapt);
    if (desk.asOf) states.append(asOf(desk.asOf));
    adapt();
  };
  const counted = (kind, n) => {
    count(item.print[kind], n);
    adapt();
  };
  const send = () => tried(place, () => makeJob(bodyOf(item, memory, chosen(), q, desk.printer || BROWSER)), async (job) => {
    q.asked = q.asked || job.kind !== "copy"; /* the next one says why, whatever becomes of this one */
    counted(job.kind, 1);
    jobs.hidden = false;
    jobs.firstChild.after(jobLine(job, memory.stops, () => counted(job.kind, -1)));
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
  const print = () => {
    const lack = lacking(chosen(), q);
    if (!lack) return send();
    place.replaceChildren(el("p", { class: "notice bad", role: "alert" }, word(lack[1])));
    lack[0].focus();
    return null;
  };
  const button = el("button", { type: "submit", id: "print", class: "button", "aria-keyshortcuts": "F8" }, word("desk.print.print"), key("F8"));
  const node = el("section", { class: "box" },
    el("div", { class: "row between" }, el("h2", null, word("desk.print.heading")), previewButton(item, memory.lookup, q.variant, place)),
    q.variant ? field(word("desk.print.variant"), q.variant) : null,
    kindsOf(item).length === 0 ? el("p", { class: "notice" }, word("desk.print.nothing")) :
      form({ id: "print-form" }, print, kinds.node, q.copy, q.again, printers, trouble, states, q.stock, button),
    place);
  showPrinters();
  if (kindsOf(item).length > 0) tried(states, loadPrinters, showPrinters, showPrinters);
  return { node: node, show: adapt };
}
