/* What was sent to printers on a day, live. */
import { call, Problem } from "@call.js@";
import { clock, said, today, word } from "@words.js@";
import { announce, el, field, focusOn, form, input, table } from "@dom.js@";
import { allOf, asOf, desk, has, heading, officeChoice, tried } from "@desk-state.js@";
import { jobButtons, jobKind, jobName, jobState } from "@desk-job.js@";
import { makeJob } from "@desk-print.js@";

const OFTEN_MS = 2000, SELDOM_MS = 15000;

const timeOf = (text) => clock(new Date(text)).slice(0, 5);

/* Print a failed or spoiled sheet again: another sheet, with a reason.  Like
   every print it begins with a look-up, whose purpose is that reason. */
async function printAgain(job, reason) {
  const found = await call("POST", "/v1/lookups", { by: "number", value: job.number, purpose: reason });
  const body = { certificate: job.certificate, kind: job.kind, channel: job.channel, lookup: found.id, purpose: job.purpose || reason, reason: reason };
  if (job.channel === "printer") body.printer = job.printer;
  return makeJob(body);
}

function againForm(job, place, done) {
  const reason = input("again-reason", { maxlength: "60" });
  const send = () => {
    if (reason.value.trim()) return tried(place, () => printAgain(job, reason.value.trim()), done);
    reason.focus();
    return null;
  };
  const node = form({ id: "again", class: "box" }, send,
    el("h2", null, word("desk.jobs.again_of", { name: jobName(job) })),
    field(word("desk.print.reason"), reason, word("desk.print.reason_hint")),
    el("div", { class: "row" },
      el("button", { type: "submit", class: "button" }, word("desk.job.again")),
      el("button", { type: "button", class: "quiet", onclick: () => done(null) }, word("desk.back"))));
  setTimeout(() => reason.focus(), 0);
  return node;
}

function jobTable(jobs, changed, again) {
  return table(word("desk.jobs.caption", { n: jobs.length }), [
    { head: word("desk.jobs.time"), class: "time", cell: (j) => timeOf(j.created) },
    { head: word("desk.cert.type"), cell: (j) => [el("strong", null, said(j.type_name) || j.type), el("span", { class: "detail" }, j.number)] },
    { head: word("desk.jobs.sheet"), cell: jobKind },
    { head: word("desk.jobs.where"), cell: (j) => (j.channel === "browser" ? word("desk.channel.browser") : said((desk.printers || []).find((p) => p.id === j.printer)) || j.printer || "") },
    has("clerk") ? null : { head: word("desk.jobs.who"), cell: (j) => j.operator || "" },
    { head: word("desk.jobs.state"), cell: jobState },
    has("clerk") ? { head: "", cell: (j) => jobButtons(j, changed, j.kind === "copy" ? null : again) } : null,
  ].filter(Boolean), jobs, (j) => ({ "data-job": j.id }));
}

export function jobsView(root) {
  const day = el("input", { id: "day", type: "date", max: today(), autocomplete: "off" });
  const list = el("div"), age = el("div"), place = el("div"), extra = el("div");
  const choice = el("div", { class: "row ends" }, field(word("desk.day"), day));
  let timer = null, stopped = false, jobs = [], drawn = "", known = null, office = null;
  day.value = today();
  const draw = (force) => {
    const text = JSON.stringify(jobs), focus = document.activeElement;
    if (!force && (text === drawn || list.querySelector("form"))) return;
    const held = focus && list.contains(focus), name = held ? focus.dataset.act : null;
    const row = held && focus.closest("[data-job]");
    drawn = text;
    list.replaceChildren(jobs.length === 0 ? el("p", { class: "box" }, word("desk.jobs.none")) : jobTable(jobs, changed, again));
    if (!held) return;
    const same = name && list.querySelector('[data-act="' + CSS.escape(name) + '"]');
    focusOn(same || (row && list.querySelector('[data-job="' + CSS.escape(row.dataset.job) + '"]')) || list);
  };
  const changed = (job) => {
    jobs = jobs.map((j) => (j.id === job.id ? job : j));
    draw(true);
  };
  const again = (job) => extra.replaceChildren(againForm(job, place, (made) => {
    extra.replaceChildren();
    if (made) ask();
  }));
  const ask = async () => {
    clearTimeout(timer);
    try {
      const before = new Map(jobs.map((j) => [j.id, j.state]));
      jobs = await allOf("/v1/print-jobs?day=" + (day.value || today()) + (has("clerk") ? "" : "&office=" + encodeURIComponent(office)));
      if (stopped) return;
      known = new Date();
      age.replaceChildren(asOf(known));
      for (const j of jobs) if (before.has(j.id) && before.get(j.id) !== j.state) announce(jobName(j) + " " + word("desk.job.states." + j.state));
      draw();
    } catch (e) {
      if (!(e instanceof Problem) || e.code === "login_needed" || stopped) return;
      age.replaceChildren(el("p", { class: "notice", role: "status" }, e.text + (known ? " " + word("desk.as_of", { time: clock(known) }) : "")));
    }
    const open = jobs.some((j) => j.state === "rendered" || j.state === "sent");
    if (!stopped) timer = setTimeout(() => (document.hidden ? soon() : ask()), open ? OFTEN_MS : SELDOM_MS);
  };
  const soon = () => { timer = setTimeout(() => (document.hidden ? soon() : ask()), OFTEN_MS); };
  const anew = () => {
    jobs = [];
    drawn = "";
    if (office) ask();
  };
  day.addEventListener("change", anew);
  root.replaceChildren(heading(word("desk.views.jobs")), choice, place, extra, age, list);
  root.querySelector("h1").focus();
  tried(place, () => officeChoice(choice, (id) => {
    office = id;
    if (!stopped) anew();
  }));
  return () => { stopped = true; clearTimeout(timer); };
}

