/* Making and moving nodes.  Text is always text: nothing here reads markup. */

/* A node.  props: "onclick" and its like are listeners, `class` and data-,
   aria- and other names are attributes (true: present; null, false: absent);
   children: nodes, texts, lists of these; null is left out. */
export function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

export const $ = (id) => document.getElementById(id);

/* Move the focus to what is not a control, so that it is read out and seen. */
export function focusOn(node) {
  if (!node.hasAttribute("tabindex")) node.setAttribute("tabindex", "-1");
  node.focus({ preventScroll: false });
}

let saying = null;

/* Say a text to a screen reader; the same text again is said again. */
export function announce(text) {
  let place = $("announcer");
  if (!place) {
    place = el("p", { id: "announcer", class: "unseen", role: "status", "aria-live": "polite" });
    document.body.append(place);
  }
  place.textContent = "";
  clearTimeout(saying);
  saying = setTimeout(() => { place.textContent = text; }, 50);
}

/* What was said may name people: take it back. */
export function hush() {
  clearTimeout(saying);
  if ($("announcer")) $("announcer").textContent = "";
}

/* A name and a value of a <dl>; without a value nothing. */
export function line(list, name, value) {
  if (value === null || value === undefined || value === "") return;
  list.append(el("dt", null, name), el("dd", null, value));
}

/* A short list of names and values, side by side; [[name, value]]. */
export function facts(pairs) {
  return el("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, String(value)))));
}

/* A table.  columns: [{head, cell: (row) => child, class}]; on a narrow screen
   each row becomes a card, and each cell shows its head. */
export function table(caption, columns, rows, rowProps) {
  return el("table", { class: "list" },
    caption ? el("caption", null, caption) : null,
    el("thead", null, el("tr", null, columns.map((c) => (c.head ? el("th", { scope: "col", class: c.class }, c.head) : el("td"))))),
    el("tbody", null, rows.map((row) => el("tr", rowProps ? rowProps(row) : null,
      columns.map((c) => el("td", { "data-head": c.head, class: c.class }, c.cell(row)))))));
}

/* A labelled control: label, control, hint. */
export function field(label, control, hint) {
  const id = control.id;
  if (hint) control.setAttribute("aria-describedby", id + "-hint");
  return el("div", { class: "field" },
    el("label", { for: id }, label), control,
    hint ? el("p", { id: id + "-hint", class: "hint" }, hint) : null);
}

/* A text control that no browser keeps, fills in or corrects. */
export function input(id, props) {
  return el("input", Object.assign({ id: id, type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" }, props));
}

/* A <select>; options: [[value, text]]. */
export function select(id, options, value, props) {
  const node = el("select", Object.assign({ id: id, autocomplete: "off" }, props),
    options.map(([v, text]) => el("option", { value: v }, text)));
  if (value !== undefined && value !== null) node.value = value;
  return node;
}

/* A form that never leaves the page; send() may be async, and while it runs
   the form cannot be sent again. */
export function form(props, send, ...children) {
  let busy = false;
  return el("form", Object.assign({ novalidate: true, method: "post", autocomplete: "off" }, props, {
    onsubmit: async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      try { await send(event.currentTarget || event.target); } finally { busy = false; }
    },
  }), ...children);
}
