/* The print desk: who is logged in, which view is shown, the keys.  The part of
   the address after # is the name of a view and never anything else. */
import { call, Problem, problemBox, whenLost } from "@call.js@";
import { said, start, word } from "@words.js@";
import { $, el } from "@dom.js@";
import { desk, forget, has, key, leave, loadOffice } from "@desk-state.js@";
import { loginView, meView } from "@desk-login.js@";
import { findView } from "@desk-find.js@";
import { jobsView } from "@desk-jobs.js@";
import { dayView } from "@desk-day.js@";
import { stockView } from "@desk-stock.js@";
import { auditView } from "@desk-audit.js@";
import { sealsView } from "@desk-seals.js@";
import { officesView, peopleView } from "@desk-region.js@";

/* Which views a role finds in its menu; the server decides what they may show. */
const VIEWS = [
  { name: "find", show: findView, roles: ["clerk"] },
  { name: "jobs", show: jobsView, roles: ["clerk", "auditor", "regional_admin"] },
  { name: "day", show: dayView, roles: ["clerk", "auditor", "regional_admin"] },
  { name: "stock", show: stockView, roles: ["clerk"] },
  { name: "offices", show: officesView, roles: ["auditor", "regional_admin"] },
  { name: "seals", show: sealsView, roles: ["custodian", "department_admin"] },
  { name: "people", show: peopleView, roles: ["auditor", "regional_admin", "department_admin"] },
  { name: "lookups", show: auditView, roles: ["clerk", "auditor", "regional_admin"] },
  { name: "me", show: (root) => meView(root, done), roles: ["clerk", "custodian", "department_admin", "auditor", "regional_admin"] },
];
const IDLE_MS = 1200000; /* less than a session may rest: polling must not keep it alive */
let end = null, why = null, shown = null, idle = null;

const mine = () => VIEWS.filter((v) => has(...v.roles));

function showWho() {
  const s = desk.session;
  document.title = word("desk.title");
  $("who").textContent = s ? [said(desk.office) || s.office_zh || s.office || s.region, s.name_zh || s.operator, word("desk.roles." + s.role)].filter(Boolean).join(" · ") : "";
  $("menu").hidden = !s;
  if ($("logout")) $("logout").remove();
  $("menu").setAttribute("aria-label", word("desk.menu"));
  if (!s) { $("menu").replaceChildren(); return; }
  $("menu").replaceChildren(...mine().map((v, i) => el("a", {
    href: "#" + v.name, "data-view": v.name, "aria-keyshortcuts": "Alt+" + (i + 1), "aria-current": v.name === shown ? "page" : null,
  }, word("desk.views." + v.name), key("Alt " + (i + 1)))));
  $("choices").append(el("button", { type: "button", id: "logout", class: "quiet", onclick: logout }, word("desk.logout")));
}

function close() {
  if (end) end();
  end = null;
}

function showLogin() {
  close();
  shown = null;
  showWho();
  loginView($("main"), why, (session) => {
    why = null;
    desk.session = session;
    enter();
  });
}

/* The view of the address, or the role's first; what must be done before
   anything else comes before it. */
function show() {
  if (!desk.session) { showLogin(); return; }
  const views = mine(), must = desk.session.must_change || desk.session.must_enrol;
  const view = views.find((v) => v.name === (must ? "me" : location.hash.slice(1))) || views[0];
  close();
  shown = view.name;
  history.replaceState(null, "", "#" + view.name);
  showWho();
  document.title = word("desk.views." + view.name) + " · " + word("desk.title");
  const stop = view.show($("main"));
  end = typeof stop === "function" ? stop : null;
}

async function enter() {
  try {
    await loadOffice();
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
  }
  show();
}

function out(reason) {
  why = reason;
  leave();
  showLogin();
}

/* What must be done first is done: to work, or to what comes next. */
function done(home) {
  if (home) history.replaceState(null, "", location.pathname);
  enter();
}

async function logout() {
  try { await call("DELETE", "/v1/session"); } catch (e) {
    if (!(e instanceof Problem)) throw e;
    if (e.code !== "login_needed") { $("main").prepend(problemBox(e)); return; }
  }
  out("gone");
}

/* Nobody is there: the desk is left even when the server cannot be told. */
function touched() {
  clearTimeout(idle);
  idle = setTimeout(() => {
    if (!desk.session) return;
    call("DELETE", "/v1/session").catch(() => {});
    out("idle");
  }, IDLE_MS);
}

whenLost(() => {
  if (desk.session) out("lost");
});

async function begin() {
  try {
    desk.session = await call("GET", "/v1/session");
    await enter();
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
    showLogin();
    if (e.status === 0 || e.status >= 500) $("main").prepend(problemBox(e));
  }
}

function pressed(event) {
  const n = event.altKey && !event.ctrlKey && !event.metaKey && /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
  const view = n > 0 && desk.session ? mine()[n - 1] : null;
  if (!view) return;
  event.preventDefault();
  location.hash = view.name;
}

let begun = false;
$("skip").addEventListener("click", (event) => {
  event.preventDefault();
  $("main").focus();
});
document.addEventListener("keydown", pressed);
for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, touched);
window.addEventListener("hashchange", () => { if (desk.session && location.hash.slice(1) !== shown) show(); });
/* A page that the browser keeps behind the next one keeps no people. */
window.addEventListener("pagehide", forget);
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
start($("choices"), () => {
  if (begun) show();
}).then(() => {
  begun = true;
  touched();
  begin();
});

