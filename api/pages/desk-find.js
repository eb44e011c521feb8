/* Find what somebody has, by what a reader or a scanner types. */
import { call } from "@call.js@";
import { lastDay, word } from "@words.js@";
import { $, announce, el, field, focusOn, form, input, select, table } from "@dom.js@";
import { desk, heading, key, loadPrinters, onForget, tried } from "@desk-state.js@";
import { closePreview } from "@desk-paper.js@";
import { giveBox } from "@desk-give.js@";
import { aboutBox, count, jobLine, kindsOf, makeJob, mayWords, placeOf, printBox, printerSelect, statusWord, typeName } from "@desk-print.js@";

const PURPOSES = ["holder", "agent", "again", "other"];
const IDLE_MS = 300000;
const memory = { lookup: null, items: null, open: null, purpose: "", matter: "", stops: [] };
let root = null, idle = null;

function stopAll() {
  for (const stop of memory.stops.splice(0)) stop();
}

onForget(() => {
  stopAll();
  closePreview();
  Object.assign(memory, { lookup: null, items: null, open: null, purpose: "", matter: "" });
  if (root) root.replaceChildren();
});

/* What a text looks like: the clerk may say otherwise. */
function looksLike(text) {
  if (/#\d{20,}$/.test(text) || /^\d{60,}$/.test(text)) return "code";
  return /^(\d{17}[\dX]|[0-9A-HJ-NPQRTUWXY]{18})$/i.test(text) ? "holder" : "number";
}

/* Readers type in full-width letters when an input method is on. */
const cleaned = (text) => text.normalize("NFKC").trim();

function purposeChoice(chosen) {
  const other = input("purpose-text", { maxlength: "60", "aria-label": word("desk.find.purpose_text") });
  other.hidden = true;
  const group = el("fieldset", { id: "purpose" }, el("legend", null, word("desk.find.purpose")),
    el("div", { class: "row" }, PURPOSES.map((p) => el("label", { class: "check chip", for: "purpose-" + p },
      el("input", { type: "radio", name: "purpose", id: "purpose-" + p, value: p, onchange: () => {
        other.hidden = p !== "other";
        chosen();
        if (p === "other") other.focus();
      } }), el("span", null, word("desk.find.purposes." + p))))), other);
  const value = () => {
    const r = group.querySelector("input:checked");
    if (!r) return "";
    return r.value === "other" ? other.value.trim() : word("desk.find.purposes." + r.value);
  };
  const ask = () => {
    const r = group.querySelector("input:checked");
    (r && r.value === "other" ? other : group.querySelector("input")).focus();
  };
  return { group: group, value: value, ask: ask };
}

function findForm() {
  const place = el("div"), purpose = purposeChoice(() => place.replaceChildren());
  const matter = input("matter", { maxlength: "64" });
  const by = select("by", ["auto", "holder", "number", "code"].map((b) => [b, word("desk.find.by." + b)]), "auto");
  const seen = el("p", { class: "hint", id: "seen", "aria-live": "polite" }, word("desk.find.value_hint"));
  const value = input("value", { maxlength: "2048", class: "large", required: true, "aria-describedby": "seen", enterkeyhint: "search" });
  value.addEventListener("input", () => {
    const text = cleaned(value.value);
    seen.textContent = text === "" ? word("desk.find.value_hint") : word("desk.find.looks." + looksLike(text));
  });
  const refuse = (node, text) => {
    place.replaceChildren(el("p", { class: "notice bad", role: "alert" }, word(text)));
    node();
  };
  const send = () => {
    const text = cleaned(value.value), why = purpose.value();
    if (text === "") return refuse(() => value.focus(), "desk.find.value_missing");
    if (why === "") return refuse(purpose.ask, "desk.find.purpose_missing");
    const how = by.value === "auto" ? looksLike(text) : by.value;
    const body = { by: how, value: how === "holder" ? text.toUpperCase() : text, purpose: why };
    if (matter.value.trim()) body.matter = matter.value.trim();
    return tried(place, () => call("POST", "/v1/lookups", body), (found) => {
      value.value = "";
      Object.assign(memory, { lookup: found.id, items: found.items, more: found.more, open: found.items.length === 1 ? 0 : null, purpose: why, matter: body.matter || "" });
      showFound();
    });
  };
  return form({ id: "find", class: "box" }, send,
    field(word("desk.find.value"), value), seen,
    purpose.group,
    el("div", { class: "pair" }, field(word("desk.find.as"), by), field(word("desk.find.matter"), matter)),
    place,
    el("button", { type: "submit", class: "button" }, word("desk.find.send"), key("Enter")));
}

/* What may be printed at once: allowed, and not printed before. */
function readyKind(item) {
  return ["original", "proof"].find((kind) => item.print && item.print[kind] && item.print[kind].allowed && item.print[kind].made === 0);
}

/* One after the other; what one of them lacks does not stop the rest. */
async function printAll(ready, lines) {
  let all = true;
  for (const item of ready) {
    const kind = readyKind(item), place = el("div");
    if (!kind) continue;
    lines.append(el("li", null, el("p", { class: "strong" }, typeName(item) + " " + item.number), place));
    all = await tried(place, () => makeJob(Object.assign({ certificate: item.id, kind: kind, lookup: memory.lookup, purpose: memory.purpose },
      memory.matter ? { matter: memory.matter } : null, placeOf(desk.printer))), (job) => {
      count(item.print[kind], 1);
      place.replaceChildren(jobLine(job, memory.stops, () => count(item.print[kind], -1)));
    }) && all;
  }
  if (all) announce(word("desk.find.all_sent"));
}

function allBox(items, changed) {
  const ready = items.filter(readyKind), place = el("div"), lines = el("ul", { class: "plain" }), where = el("div", { class: "row" });
  if (ready.length === 0) return null;
  const show = () => {
    if (desk.printers.length === 0) return;
    where.replaceChildren(printerSelect("printer-all", false), el("button", { type: "submit", id: "print-all", class: "button" }, word("desk.find.print_all", { n: items.filter(readyKind).length })));
    where.firstChild.setAttribute("aria-label", word("desk.print.where"));
  };
  show();
  tried(place, loadPrinters, show, show);
  return form({ class: "box" }, async () => {
    where.hidden = true;
    focusOn(lines);
    await printAll(ready, lines);
    where.hidden = !items.some(readyKind);
    show();
    changed();
  }, where, place, lines);
}

function openItem(i) {
  memory.open = i;
  showFound();
}

function foundList(items) {
  const columns = [
    { head: word("desk.cert.type"), cell: (c) => [el("strong", null, typeName(c)), el("span", { class: "detail" }, c.number)] },
    { head: word("desk.cert.holder"), cell: (c) => c.holder || "" },
    { head: word("desk.cert.status"), cell: (c) => [statusWord(c.status), c.valid_to ? el("span", { class: "detail" }, word("desk.cert.until", { day: lastDay(c.valid_to) })) : null] },
    { head: word("desk.find.here"), cell: (c) => kindsOf(c).map((kind) => el("p", null, word("desk.kinds." + kind) + word("common.colon") + mayWords(c.print[kind]))) },
    { head: "", cell: (c) => el("button", { type: "button", class: "button small", "data-open": c.id, onclick: () => openItem(items.indexOf(c)) }, word("desk.find.open")) },
  ];
  return table(null, columns, items);
}

function showFound() {
  const found = $("found"), items = memory.items;
  stopAll();
  $("ask").hidden = items !== null;
  if (items === null) { found.replaceChildren(); return; }
  const next = el("button", { type: "button", id: "next", class: "quiet", "aria-keyshortcuts": "F2", onclick: again }, word("desk.find.next"), key("F2"));
  const title = heading("");
  if (items.length === 0) {
    title.textContent = word("desk.find.none");
    found.replaceChildren(title, el("p", { class: "box" }, word("desk.find.none_hint")), next);
  } else if (memory.open === null) {
    const list = el("div"), showList = () => list.replaceChildren(foundList(items));
    showList();
    title.textContent = word("desk.find.found", { n: items.length });
    found.replaceChildren(el("div", { class: "row between" }, title, next),
      memory.more ? el("p", { class: "notice" }, word("desk.find.more")) : "", list, allBox(items, showList) || "");
  } else {
    const item = items[memory.open], give = el("div");
    const jobs = el("section", { class: "box", hidden: true }, el("h2", null, word("desk.print.sheets")));
    const about = el("div"), print = printBox(item, memory, jobs), showAbout = () => about.replaceChildren(aboutBox(item));
    title.textContent = typeName(item) + " " + item.number;
    showAbout();
    give.append(jobs, giveBox(item, memory.lookup, () => {
      showAbout();
      print.show();
    }));
    found.replaceChildren(el("div", { class: "row between" }, title, el("div", { class: "row" },
      items.length > 1 ? el("button", { type: "button", id: "to-list", class: "quiet", onclick: () => openItem(null) }, word("desk.find.to_list"), key("Esc")) : "", next)),
    about, el("div", { class: "sides" }, print.node, give));
  }
  focusOn(title);
  announce(title.textContent);
}

/* The next person: what was found about the last one goes. */
function again() {
  stopAll();
  closePreview();
  Object.assign(memory, { lookup: null, items: null, open: null, purpose: "", matter: "" });
  findView(root);
}

/* Nobody has touched the desk for a while: what was found leaves the screen. */
function touched() {
  clearTimeout(idle);
  idle = setTimeout(() => {
    if (memory.items === null) return;
    again();
    $("ask").prepend(el("p", { class: "notice", role: "status" }, word("desk.find.idle")));
  }, IDLE_MS);
}

function pressed(event) {
  const target = { F2: "next", F4: "preview-open", F8: "print" }[event.key];
  if (event.key === "Escape" && !$("preview") && $("to-list")) openItem(null);
  else if (event.key === "F2" && !$("next")) $("value").focus();
  else if (target && $(target)) $(target).click();
  else if (!target) return;
  event.preventDefault();
}

export function findView(place) {
  root = place;
  root.replaceChildren(
    el("div", { id: "ask" }, heading(word("desk.views.find")), findForm()),
    el("div", { id: "found" }));
  showFound();
  if (memory.items === null) $("value").focus();
  document.addEventListener("keydown", pressed);
  for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, touched);
  touched();
  return () => {
    stopAll();
    closePreview();
    clearTimeout(idle);
    document.removeEventListener("keydown", pressed);
    for (const name of ["keydown", "pointerdown"]) document.removeEventListener(name, touched);
    root = null;
  };
}

