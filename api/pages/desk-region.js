/* Offices of a region with their printers, and the people who work there. */
import { call } from "@call.js@";
import { said, when, word } from "@words.js@";
import { announce, el, field, focusOn, form, input, select, table } from "@dom.js@";
import { printHere } from "@desk-paper.js@";
import { allOf, asOf, has, heading, printerWords, tried } from "@desk-state.js@";

const NEW = { id: "", media: "iso_a4_210x297mm" };

/* Change a printer, or with NEW add one; done(saved or null). */
function printerForm(office, p, done) {
  const place = el("div"), id = p.id ? null : input("printer-id", { maxlength: "31" });
  const text = (name, hint) => {
    const node = input("printer-" + name, { value: String(p[name] === undefined || p[name] === null ? "" : p[name]), maxlength: "255" });
    return { node: node, field: field(word("desk.region.printer." + name), node, hint ? word(hint) : null) };
  };
  const zh = text("zh"), uri = text("uri", "desk.region.uri_hint"), media = text("media");
  const pin = text("fingerprint", "desk.region.fingerprint_hint"), dx = text("dx"), dy = text("dy");
  const stock = select("printer-stock", [["", word("desk.region.no_stock")], ...(office.types || []).filter((t) => t.stock).map((t) => [t.type, said(t)])], p.stock || "");
  const send = () => {
    const empty = [id, zh.node, uri.node].find((node) => node && node.value.trim() === "");
    if (empty) {
      place.replaceChildren(el("p", { class: "notice bad", role: "alert" }, word("desk.region.missing")));
      empty.focus();
      return null;
    }
    const body = { zh: zh.node.value.trim(), uri: uri.node.value.trim(), media: media.node.value.trim(), dx: Number(dx.node.value), dy: Number(dy.node.value) };
    if (pin.node.value.trim()) body.fingerprint = pin.node.value.trim();
    if (stock.value) body.stock = stock.value;
    return tried(place, () => call("PUT", "/v1/offices/" + office.id + "/printers/" + encodeURIComponent(id ? id.value.trim() : p.id), body), done);
  };
  const test = () => tried(place, () => call("GET", "/v1/calibration?dx=" + Number(dx.node.value) + "&dy=" + Number(dy.node.value), null, { as: "blob" }), printHere);
  const node = form({ id: "printer-form", class: "box" }, send,
    el("h2", null, p.id ? word("desk.region.change_of", { name: said(p) || p.id }) : word("desk.region.add")),
    el("div", { class: "pair" }, id ? field(word("desk.region.printer.id"), id, word("desk.region.id_hint")) : null,
      zh.field, uri.field, media.field, field(word("desk.region.printer.stock"), stock), pin.field, dx.field, dy.field), place,
    el("div", { class: "row" },
      el("button", { type: "submit", class: "button small" }, word("desk.save")),
      el("button", { type: "button", class: "quiet small", onclick: test }, word("desk.region.test_page")),
      el("button", { type: "button", class: "quiet small", onclick: () => done(null) }, word("desk.back"))));
  setTimeout(() => (id || zh.node).focus(), 0);
  return node;
}

function printerTable(items, change) {
  return table(word("desk.region.printers"), [
    { head: word("desk.region.printer.zh"), cell: (p) => said(p) || p.id },
    { head: word("desk.jobs.state"), cell: (p) => printerWords(p) },
    { head: word("desk.region.supplies"), cell: (p) => (p.supplies || []).map((s) => el("p", null, s.name + " " + (s.level >= 0 ? s.level + "%" : "?"))) },
    change ? { head: "", cell: (p) => el("button", { type: "button", class: "quiet small", onclick: () => change(p) }, word("desk.region.change")) } : null,
  ].filter(Boolean), items);
}

/* An office: its printers are asked when it is opened, not before. */
function officeBox(office) {
  const place = el("div"), list = el("div"), extra = el("div");
  let known = office.printers || [];
  const change = (p) => extra.replaceChildren(printerForm(office, Object.assign({}, p, known.find((k) => k.id === p.id)), async (saved) => {
    extra.replaceChildren();
    if (saved) {
      announce(word("desk.saved"));
      await tried(place, () => call("GET", "/v1/offices/" + office.id), (now) => { known = now.printers || []; });
    }
    await ask();
    if (document.activeElement === document.body) focusOn(list); /* the form that had the focus is gone */
  }));
  const ask = () => tried(place, () => call("GET", "/v1/offices/" + office.id + "/printers"), (answer) => {
    const mine = has("regional_admin");
    list.replaceChildren(answer.items.length === 0 ? el("p", null, word("desk.region.no_printers")) : printerTable(answer.items, mine ? change : null), asOf(new Date()),
      mine ? el("button", { type: "button", class: "quiet small", "data-act": "add", onclick: () => change(NEW) }, word("desk.region.add")) : "");
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
  tried(place, () => allOf("/v1/offices"), (items) => list.replaceChildren(...items.map(officeBox)));
}

function peopleTable(items, act) {
  const mine = has("regional_admin", "department_admin");
  const locked = (o) => o.locked_until && new Date(o.locked_until) > new Date();
  const state = (o) => word("desk.people.states." + o.state) + (locked(o) ? word("common.comma") + word("desk.people.locked", { time: when(o.locked_until, true) }) : "");
  const button = (o, action) => el("button", { type: "button", class: "quiet small", "data-act": o.name + action, onclick: () => act(o, action) }, word("desk.people." + action));
  return table(word("desk.people.caption", { n: items.length }), [
    { head: word("desk.people.name"), cell: (o) => [el("strong", null, o.zh || o.name), el("span", { class: "detail" }, o.name)] },
    { head: word("desk.people.role"), cell: (o) => word("desk.roles." + o.role) },
    { head: word("desk.office"), cell: (o) => o.office || o.department || o.region || "" },
    { head: word("desk.jobs.state"), cell: state },
    mine ? { head: "", cell: (o) => el("div", { class: "row" }, button(o, o.state === "disabled" ? "enable" : "disable"), locked(o) ? button(o, "unlock") : "") } : null,
  ].filter(Boolean), items);
}

export function peopleView(root) {
  const place = el("div"), list = el("div");
  const ask = (focus) => tried(place, () => allOf("/v1/operators"), (items) => {
    list.replaceChildren(peopleTable(items, act));
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
