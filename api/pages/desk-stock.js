/* Pre-printed, numbered stock: taken in, used, spoiled. */
import { call } from "@call.js@";
import { said, word } from "@words.js@";
import { announce, el, field, focusOn, form, input, select, table } from "@dom.js@";
import { allOf, desk, heading, loadOffice, tried } from "@desk-state.js@";

function typeOptions() {
  return ((desk.office && desk.office.types) || []).filter((t) => t.stock).map((t) => [t.type, said(t)]);
}

function addForm(place, done) {
  const type = select("stock-type", typeOptions());
  const from = input("stock-from", { maxlength: "40" }), to = input("stock-to", { maxlength: "40" });
  return form({ id: "stock-add", class: "box" }, () => tried(place,
    () => call("POST", "/v1/blanks", { type: type.value, from: from.value.trim(), to: to.value.trim() }), () => {
      from.value = to.value = "";
      announce(word("desk.stock.added"));
      done();
    }),
  el("h2", null, word("desk.stock.add")),
  el("div", { class: "pair" }, field(word("desk.cert.type"), type), field(word("desk.stock.from"), from), field(word("desk.stock.to"), to)),
  el("button", { type: "submit", class: "button" }, word("desk.stock.add_send")));
}

function spoilForm(blank, place, done) {
  const reason = input("spoil-reason", { maxlength: "60" });
  const node = form({ id: "spoil", class: "box" }, () => tried(place,
    () => call("POST", "/v1/blanks/" + encodeURIComponent(blank.id) + "/spoil", { reason: reason.value.trim() }), done),
  el("h2", null, word("desk.stock.spoil_of", { number: blank.number })),
  field(word("desk.stock.reason"), reason),
  el("div", { class: "row" },
    el("button", { type: "submit", class: "button" }, word("desk.stock.spoil")),
    el("button", { type: "button", class: "quiet", onclick: done }, word("desk.back"))));
  setTimeout(() => reason.focus(), 0);
  return node;
}

export async function stockView(root) {
  const place = el("div"), add = el("div"), extra = el("div"), list = el("div");
  const ask = () => tried(place, () => allOf("/v1/blanks"), (items) => {
    extra.replaceChildren();
    list.replaceChildren(items.length === 0 ? el("p", { class: "box" }, word("desk.stock.none")) :
      table(word("desk.stock.caption"), [
        { head: word("desk.cert.type"), cell: (b) => (typeOptions().find(([t]) => t === b.type) || [0, b.type])[1] },
        { head: word("desk.stock.number"), cell: (b) => b.number },
        { head: word("desk.jobs.state"), cell: (b) => [word("desk.stock.states." + b.state), b.reason ? el("span", { class: "detail" }, b.reason) : null] },
        { head: "", cell: (b) => (b.state === "free" ? el("button", { type: "button", class: "quiet small", onclick: () => extra.replaceChildren(spoilForm(b, place, ask)) }, word("desk.stock.spoil")) : "") },
      ], items));
    if (document.activeElement === document.body) focusOn(list); /* the form that had the focus is gone */
  });
  root.replaceChildren(heading(word("desk.views.stock")), place, add, extra, list);
  root.querySelector("h1").focus();
  if (await tried(place, loadOffice)) {
    add.replaceChildren(addForm(place, ask));
    ask();
  }
}
