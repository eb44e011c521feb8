/* Offices of a region with their printers, and the people who work there. */
import { call } from "@call.js@";
import { said, when, word } from "@words.js@";
import { announce, el, field, form, input, table } from "@dom.js@";
import { asOf, has, heading, printerWords, tried } from "@desk-state.js@";

function printerForm(office, printer, done) {
  const place = el("div"), p = printer;
  const text = (name, value, hint) => {
    const node = input("printer-" + name, { value: value === undefined || value === null ? "" : String(value), maxlength: "200" });
    return [node, field(word("desk.region.printer." + name), node, hint ? word(hint) : null)];
  };
  const [zh, zhField] = text("zh", p.zh);
  const [uri, uriField] = text("uri", p.uri, "desk.region.uri_hint");
  const [media, mediaField] = text("media", p.media);
  const [pin, pinField] = text("fingerprint", p.fingerprint, "desk.region.fingerprint_hint");
  const [dx, dxField] = text("dx", p.dx || 0), [dy, dyField] = text("dy", p.dy || 0);
  const send = () => {
    const body = { zh: zh.value.trim(), uri: uri.value.trim(), media: media.value.trim(), dx: Number(dx.value), dy: Number(dy.value) };
    if (pin.value.trim()) body.fingerprint = pin.value.trim();
    return tried(place, () => call("PUT", "/v1/offices/" + office.id + "/printers/" + p.id, body), done);
  };
  const node = form({ id: "printer-form", class: "box" }, send,
    el("h3", null, word("desk.region.change_of", { name: said(p) || p.id })),
    el("div", { class: "pair" }, zhField, uriField, mediaField, pinField, dxField, dyField), place,
    el("div", { class: "row" },
      el("button", { type: "submit", class: "button small" }, word("desk.save")),
      el("button", { type: "button", class: "quiet small", onclick: () => done(null) }, word("desk.back"))));
  setTimeout(() => zh.focus(), 0);
  return node;
}

/* An office: its printers are asked when it is opened, not before. */
function officeBox(office) {
  const place = el("div"), list = el("div"), extra = el("div");
  const ask = () => tried(place, () => call("GET", "/v1/offices/" + office.id + "/printers"), (answer) => {
    const known = office.printers || [];
    extra.replaceChildren();
    list.replaceChildren(answer.items.length === 0 ? el("p", null, word("desk.region.no_printers")) :
      table(word("desk.region.printers"), [
        { head: word("desk.region.printer.zh"), cell: (p) => said(p) || p.id },
        { head: word("desk.jobs.state"), cell: (p) => printerWords(p) },
        { head: word("desk.region.supplies"), cell: (p) => (p.supplies || []).map((s) => el("p", null, s.name + " " + (s.level >= 0 ? s.level + "%" : "?"))) },
        has("regional_admin") ? { head: "", cell: (p) => el("button", { type: "button", class: "quiet small", onclick: () => {
          const now = Object.assign({ id: p.id }, known.find((k) => k.id === p.id));
          extra.replaceChildren(printerForm(office, now, (saved) => {
            if (saved) announce(word("desk.saved"));
            if (saved && known.length > 0) Object.assign(known.find((k) => k.id === p.id) || {}, saved.id === p.id ? saved : {});
            ask();
          }));
        } }, word("desk.region.change")) } : null,
      ].filter(Boolean), answer.items), asOf(new Date()));
  });
  const node = el("details", { class: "box", "data-office": office.id },
    el("summary", null, el("strong", null, said(office)), " ", word("desk.region.kinds." + office.kind), office.state === "closed" ? " " + word("desk.region.closed") : ""),
    el("p", { class: "detail" }, (office.types || []).map((t) => said(t)).join(word("common.list"))),
    place, list, extra);
  node.addEventListener("toggle", () => { if (node.open) ask(); });
  return node;
}

export function officesView(root) {
  const place = el("div"), list = el("div");
  root.replaceChildren(heading(word("desk.views.offices")), place, list);
  root.querySelector("h1").focus();
  tried(place, () => call("GET", "/v1/offices"), (answer) => list.replaceChildren(...answer.items.map(officeBox)));
}

function peopleTable(items, act) {
  const mine = has("regional_admin", "department_admin");
  const locked = (o) => o.locked_until && new Date(o.locked_until) > new Date();
  const state = (o) => word("desk.people.states." + o.state) + (locked(o) ? word("common.comma") + word("desk.people.locked", { time: when(o.locked_until, true) }) : "");
  const button = (o, action) => el("button", { type: "button", class: "quiet small", "data-act": o.name + action, onclick: () => act(o, action) }, word("desk.people." + action));
  return table(word("desk.people.caption", { n: items.length }), [
    { head: word("desk.people.name"), cell: (o) => o.name },
    { head: word("desk.people.role"), cell: (o) => word("desk.roles." + o.role) },
    { head: word("desk.office"), cell: (o) => o.office || o.department || o.region || "" },
    { head: word("desk.jobs.state"), cell: state },
    mine ? { head: "", cell: (o) => el("div", { class: "row" }, button(o, o.state === "disabled" ? "enable" : "disable"), locked(o) ? button(o, "unlock") : "") } : null,
  ].filter(Boolean), items);
}

export function peopleView(root) {
  const place = el("div"), list = el("div");
  const ask = (focus) => tried(place, () => call("GET", "/v1/operators"), (answer) => {
    list.replaceChildren(peopleTable(answer.items, act));
    const same = focus && list.querySelector('[data-act^="' + CSS.escape(focus) + '"]');
    if (same) same.focus();
  });
  const act = (o, action) => tried(place, () => call("POST", "/v1/operators/" + encodeURIComponent(o.name) + "/" + action, {}), () => {
    announce(o.name + " " + word("desk.people." + action));
    return ask(o.name);
  });
  root.replaceChildren(heading(word("desk.views.people")), place, list);
  root.querySelector("h1").focus();
  ask(null);
}
