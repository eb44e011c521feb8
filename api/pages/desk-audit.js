/* Who looked what up, and how often. */
import { call } from "@call.js@";
import { clock, today, word } from "@words.js@";
import { el, field, form, input, table } from "@dom.js@";
import { has, heading, tried } from "@desk-state.js@";

function countTable(items) {
  const most = Math.max(1, ...items.map((i) => i.count));
  return table(word("desk.audit.counts"), [
    { head: word("desk.jobs.who"), cell: (i) => i.operator },
    { head: word("desk.office"), cell: (i) => i.office },
    { head: word("desk.audit.count"), class: "number", cell: (i) => String(i.count) },
    { head: "", cell: (i) => el("meter", { min: "0", max: String(most), value: String(i.count), "aria-hidden": "true" }) },
  ], items);
}

function lookupTable(items) {
  return table(word("desk.audit.lookups", { n: items.length }), [
    { head: word("desk.jobs.time"), cell: (i) => clock(new Date(i.at)) },
    { head: word("desk.jobs.who"), cell: (i) => i.operator },
    { head: word("desk.office"), cell: (i) => i.office },
    { head: word("desk.audit.purpose"), cell: (i) => i.purpose },
    { head: word("desk.find.as"), cell: (i) => word("desk.find.by." + i.by) },
    { head: word("desk.audit.found"), class: "number", cell: (i) => String(Array.isArray(i.found) ? i.found.length : i.found) },
  ], items);
}

export function auditView(root) {
  const day = el("input", { id: "day", type: "date", max: today(), autocomplete: "off" });
  const office = input("audit-office", { maxlength: "31" }), operator = input("audit-operator", { maxlength: "64" });
  const place = el("div"), counts = el("div"), list = el("div"), more = el("div");
  let items = [];
  day.value = today();
  const page = (cursor) => {
    const query = ["day=" + day.value];
    if (office.value.trim()) query.push("office=" + encodeURIComponent(office.value.trim()));
    if (operator.value.trim()) query.push("operator=" + encodeURIComponent(operator.value.trim()));
    if (cursor) query.push("cursor=" + encodeURIComponent(cursor));
    return tried(place, () => call("GET", "/v1/lookups?" + query.join("&")), (answer) => {
      items = cursor ? items.concat(answer.items) : answer.items;
      list.replaceChildren(items.length === 0 ? el("p", { class: "box" }, word("desk.audit.none")) : lookupTable(items));
      more.replaceChildren(answer.next ? el("button", { type: "button", class: "quiet", onclick: () => page(answer.next) }, word("desk.more")) : "");
    });
  };
  const ask = async () => {
    counts.replaceChildren();
    if (!day.value) return;
    if (await page(null) && has("auditor", "regional_admin"))
      tried(counts, () => call("GET", "/v1/lookups/counts?day=" + day.value), (answer) => {
        if (answer.items.length > 0) counts.replaceChildren(countTable(answer.items));
      });
  };
  root.replaceChildren(heading(word("desk.views.lookups")),
    form({ class: "box" }, ask, el("div", { class: "pair" }, field(word("desk.day"), day),
      has("clerk") ? "" : [field(word("desk.office"), office), field(word("desk.jobs.who"), operator)]),
    el("button", { type: "submit", class: "button small" }, word("desk.show"))),
    place, counts, list, more);
  root.querySelector("h1").focus();
  ask();
}
