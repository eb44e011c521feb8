/* Who works here: login, first password, one-time codes. */
import { call, Problem } from "@call.js@";
import { when, word } from "@words.js@";
import { announce, el, field, form, input } from "@dom.js@";
import { desk, heading, tried } from "@desk-state.js@";

/* Show the login; `entered` is called with a session.  why: a key, or null. */
export function loginView(root, why, entered) {
  const place = el("div");
  const name = input("login-name", { autocomplete: "username", maxlength: "64", required: true });
  const password = secret("login-password", "current-password");
  const code = input("login-code", { inputmode: "numeric", maxlength: "8", autocomplete: "one-time-code" });
  const send = async () => {
    const body = { name: name.value.trim(), password: password.value };
    if (code.value.trim()) body.code = code.value.trim();
    let next = password;
    const ok = await tried(place, async () => {
      try {
        return await call("POST", "/v1/sessions", body);
      } catch (e) {
        if (e.code === "code_needed") next = code; /* the password was right: it stays */
        throw e;
      }
    }, entered);
    code.value = "";
    if (next === password) password.value = "";
    if (!ok) next.focus();
  };
  root.replaceChildren(el("div", { class: "narrow" },
    heading(word("desk.login.heading")),
    why ? el("p", { class: "notice", role: "status" }, word("desk.login." + why)) : null,
    form({ id: "login", class: "box" }, send,
      field(word("desk.login.name"), name),
      field(word("desk.login.password"), password),
      field(word("desk.login.code"), code, word("desk.login.code_hint")),
      place,
      el("button", { type: "submit", id: "login-send", class: "button" }, word("desk.login.send")))));
  name.focus();
}

const secret = (id, kind) => el("input", { id: id, type: "password", autocomplete: kind });

/* So that a password manager knows whose password it is. */
const username = () => el("input", { type: "text", autocomplete: "username", value: desk.session.operator, hidden: true });

function passwordForm(done) {
  const place = el("div");
  const old = secret("password-old", "current-password");
  const fresh = secret("password-new", "new-password"), again = secret("password-again", "new-password");
  return form({ id: "password", class: "box" }, () => {
    if (fresh.value !== again.value) {
      place.replaceChildren(el("p", { class: "notice bad", role: "alert" }, word("desk.me.differ")));
      again.focus();
      return null;
    }
    return tried(place, () => call("POST", "/v1/session/password", { old: old.value, new: fresh.value }), () => {
      for (const node of [old, fresh, again]) node.value = "";
      done(place);
    });
  },
  el("h2", null, word("desk.me.password")),
  username(),
  field(word("desk.me.old"), old), field(word("desk.me.new"), fresh), field(word("desk.me.again"), again), place,
  el("button", { type: "submit", class: "button" }, word("desk.me.change")));
}

/* The code of the secret as a drawing; rows of 0 and 1. */
function drawing(rows) {
  const SVG = "http://www.w3.org/2000/svg", n = rows.length + 8;
  const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  let d = "";
  rows.forEach((row, y) => Array.from(row).forEach((dot, x) => {
    if (dot === "1") d += "M" + (x + 4) + " " + (y + 4) + "h1v1h-1z";
  }));
  svg.setAttribute("viewBox", "0 0 " + n + " " + n);
  svg.setAttribute("class", "code");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", word("desk.me.scan"));
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}

function enrolForm(made, password, done) {
  const place = el("div");
  const code = input("totp-code", { inputmode: "numeric", maxlength: "8", autocomplete: "one-time-code" });
  return form({ id: "totp-finish" }, () => tried(place, () => call("POST", "/v1/session/totp", { password: password, code: code.value.trim() }), done),
    el("p", null, word("desk.me.scan")),
    made.qr ? drawing(made.qr) : null,
    el("p", { class: "secret", translate: "no" }, made.secret.replace(/(.{4})(?=.)/g, "$1 ")),
    field(word("desk.me.first_code"), code), place,
    el("button", { type: "submit", class: "button" }, word("desk.me.bind")));
}

function totpBox(done) {
  const place = el("div"), more = el("div");
  const enrolled = desk.session.totp === "enrolled";
  const password = secret("totp-password", "current-password");
  const begin = () => tried(place, () => call("POST", "/v1/session/totp", { password: password.value }), (made) => {
    more.replaceChildren(enrolForm(made, password.value, () => done(more)));
    password.value = "";
    more.querySelector("input").focus();
  });
  return el("section", { class: "box" },
    form({ id: "totp" }, begin,
      el("h2", null, word("desk.me.totp")),
      el("p", null, word(enrolled ? "desk.me.enrolled" : "desk.me.missing")),
      username(), field(word("desk.me.old"), password), place,
      el("button", { type: "submit", class: "quiet" }, word(enrolled ? "desk.me.enrol_again" : "desk.me.enrol"))),
    more);
}

let told = null; /* what has just been done, when the view is drawn anew for it */

/* My account.  again(home) is called when the session says something new; home:
   nothing is left to be done here. */
export function meView(root, again) {
  const s = desk.session;
  const ok = (place, text) => {
    place.replaceChildren(el("p", { class: "notice good", role: "status" }, word(text)));
    announce(word(text));
  };
  const refresh = async () => {
    try { desk.session = await call("GET", "/v1/session"); } catch (e) { if (!(e instanceof Problem)) throw e; }
  };
  const news = (text, home) => {
    told = home ? null : text;
    again(home);
    announce(word(text));
  };
  const shown = told ? el("p", { class: "notice good", role: "status" }, word(told)) : null;
  told = null;
  root.replaceChildren(el("div", { class: "narrow" }, heading(word("desk.views.me")), [
    shown,
    s.must_change ? el("p", { class: "notice" }, word("desk.me.must_change")) : null,
    !s.must_change && s.must_enrol ? el("p", { class: "notice" }, word("desk.me.must_enrol")) : null,
    s.last && s.last.at ? el("p", { class: "hint" }, word("desk.me.last", { time: when(s.last.at, true), address: s.last.address || "", n: s.last.failures })) : null,
    passwordForm(async (place) => {
      const first = s.must_change;
      await refresh();
      if (first && !desk.session.must_change) news("desk.me.changed", false);
      else ok(place, "desk.me.changed");
    }),
    s.must_change ? null : totpBox(async () => {
      const first = s.must_enrol;
      await refresh();
      news("desk.me.bound", first && !desk.session.must_enrol);
    }),
  ]));
  root.querySelector("h1").focus();
}

