/* The seals of a department, and what each was used for. */
import { call } from "@call.js@";
import { said, when, word } from "@words.js@";
import { el, focusOn, table } from "@dom.js@";
import { allOf, desk, heading, tried } from "@desk-state.js@";

function usesTable(items) {
  return table(null, [
    { head: word("desk.jobs.time"), cell: (u) => when(u.time, true) },
    { head: word("desk.seals.op"), cell: (u) => u.op },
    { head: word("desk.cert.type"), cell: (u) => u.type || "" },
    { head: word("desk.seals.department"), cell: (u) => u.department || "" },
    { head: word("desk.office"), cell: (u) => (u.office ? u.office + (u.number ? " " + word("desk.job.copy", { n: u.number }) : "") : "") },
  ], items);
}

/* A page of uses at a time: a seal may have been used a million times. */
function usesBox(seal) {
  const place = el("div"), list = el("div"), more = el("div"), title = el("h2", { tabindex: "-1" }, word("desk.seals.uses_of", { name: said(seal) }));
  let items = [];
  const page = (cursor) => tried(place, () => call("GET", "/v1/seals/" + seal.id + "/uses" + (cursor ? "?cursor=" + encodeURIComponent(cursor) : "")), (answer) => {
    items = items.concat(answer.items);
    list.replaceChildren(items.length === 0 ? el("p", null, word("desk.seals.no_uses")) : usesTable(items));
    more.replaceChildren(answer.next ? el("button", { type: "button", class: "quiet", onclick: () => page(answer.next) }, word("desk.more")) : "");
  });
  page(null);
  return el("section", { class: "box" }, title, place, list, more);
}

export function sealsView(root) {
  const place = el("div"), list = el("div"), extra = el("div");
  const open = (seal) => {
    extra.replaceChildren(usesBox(seal));
    focusOn(extra.querySelector("h2"));
  };
  root.replaceChildren(heading(word("desk.views.seals")), place, list, extra);
  root.querySelector("h1").focus();
  tried(place, () => allOf("/v1/seals?department=" + encodeURIComponent(desk.session.department)), (items) => list.replaceChildren(
    items.length === 0 ? el("p", { class: "box" }, word("desk.seals.none")) : table(null, [
      { head: word("desk.seals.seal"), cell: (s) => [el("strong", null, said(s)), el("span", { class: "detail" }, s.id)] },
      { head: word("desk.jobs.state"), cell: (s) => word("desk.seals.states." + s.state) },
      { head: "", cell: (s) => el("button", { type: "button", class: "quiet small", "data-act": s.id, onclick: () => open(s) }, word("desk.seals.uses")) },
    ], items)));
}
