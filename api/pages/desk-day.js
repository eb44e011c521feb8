/* The day's account: every sheet and every blank, to be printed and signed. */
import { call } from "@call.js@";
import { clock, said, today, word } from "@words.js@";
import { el, facts, field, table } from "@dom.js@";
import { has, heading, officeChoice, tried } from "@desk-state.js@";
import { jobKind, jobName, stateWord } from "@desk-job.js@";

const COUNTS = ["made", "confirmed", "failed", "unknown", "open"];

function counts(sheet) {
  const blanks = sheet.blanks || {};
  return facts([
    ...COUNTS.map((name) => [word("desk.day_sheet." + name), sheet[name] || 0]),
    ...["used", "spoiled", "given_back", "free"].map((name) => [word("desk.day_sheet.blanks." + name), blanks[name]]),
  ]);
}

function byType(sheet) {
  if (!sheet.by_type || sheet.by_type.length === 0) return null;
  return table(word("desk.day_sheet.by_type"), [
    { head: word("desk.cert.type"), cell: (t) => said(t.type_name) || t.type },
    ...COUNTS.map((name) => ({ head: word("desk.day_sheet." + name), class: "number", cell: (t) => String(t[name] || 0) })),
  ], sheet.by_type);
}

function sheets(sheet) {
  if (!sheet.jobs || sheet.jobs.length === 0) return el("p", null, word("desk.jobs.none"));
  return table(word("desk.day_sheet.sheets"), [
    { head: word("desk.jobs.time"), class: "time", cell: (j) => clock(new Date(j.created)).slice(0, 5) },
    { head: word("desk.cert.type"), cell: jobName },
    { head: word("desk.jobs.sheet"), cell: jobKind },
    { head: word("desk.jobs.who"), cell: (j) => j.operator },
    { head: word("desk.jobs.state"), cell: (j) => stateWord(j) + (j.detail ? word("common.comma") + said(j.detail) : "") },
  ], sheet.jobs);
}

function sheetBox(sheet) {
  const adds = COUNTS.slice(1).reduce((n, name) => n + (sheet[name] || 0), 0) === (sheet.made || 0);
  const open = (sheet.open || 0) + (sheet.unknown || 0);
  return el("article", { class: "box sheet" },
    el("h2", null, word("desk.day_sheet.title", { office: sheet.office_zh || sheet.office, day: sheet.day })),
    adds ? null : el("p", { class: "notice bad", role: "alert" }, word("desk.day_sheet.wrong")),
    open > 0 ? el("p", { class: "notice" }, word("desk.day_sheet.not_done", { n: open })) : null,
    counts(sheet), byType(sheet), sheets(sheet),
    el("p", { class: "hint" }, word("desk.as_of", { time: clock(new Date()) })),
    el("p", { class: "signatures" }, el("span", null, word("desk.day_sheet.clerk")), el("span", null, word("desk.day_sheet.checker"))));
}

export function dayView(root) {
  const day = el("input", { id: "day", type: "date", max: today(), autocomplete: "off" });
  const place = el("div"), out = el("div"), choice = el("div", { class: "row ends no-print" }, field(word("desk.day"), day));
  let office = null;
  day.value = today();
  const ask = () => {
    if (!day.value || !office) return;
    const more = has("clerk") ? "" : "?office=" + encodeURIComponent(office);
    tried(place, () => call("GET", "/v1/reconciliations/" + day.value + more), (sheet) => out.replaceChildren(sheetBox(sheet)));
  };
  day.addEventListener("change", ask);
  root.replaceChildren(heading(word("desk.views.day")), choice, place, out);
  root.querySelector("h1").focus();
  tried(place, () => officeChoice(choice, (id) => {
    office = id;
    ask();
  })).then(() => choice.append(
    el("button", { type: "button", id: "print-day", class: "button", onclick: () => window.print() }, word("desk.day_sheet.print"))));
}
