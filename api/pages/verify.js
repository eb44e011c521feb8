/* The public page: hand in a file or a code, read the verdict. */
import { ago, lang, lastDay, start, when, word } from "@words.js@";
import { $, el, line } from "@dom.js@";
import { call, Problem } from "@call.js@";

const MAX = 33554432;
const LOOK = {
  valid: ["good", "✓"], invalid: ["bad", "✕"], unreadable: ["bad", "!"],
  indeterminate: ["unsure", "?"], unsigned: ["unsure", "–"],
};
let last = null; /* what to show again after a change of language */

/* Fields that the type shows in public: [{name, zh, en, value}]; those that
   have a line of their own already are not repeated. */
function ownFields(list, fields) {
  if (!Array.isArray(fields)) return;
  for (const f of fields)
    if (typeof f.value === "string" && !/^(ZZ|CZZT$)/.test(f.name || "")) line(list, f[lang()] || f.zh || f.name, f.value);
}

function facts(c) {
  const list = $("fields"), name = (key) => word("verify.names." + key);
  list.replaceChildren();
  $("facts").hidden = !c;
  if (!c) return;
  line(list, name("type"), c["type_" + lang()] || c.type_zh || c.type);
  line(list, name("number"), c.number);
  line(list, name("holder"), c.holder);
  line(list, name("department"), c.department);
  line(list, name("issued"), c.issued && when(c.issued));
  line(list, name("valid_from"), c.valid_from && when(c.valid_from));
  line(list, name("valid_to"), c.valid_to ? lastDay(c.valid_to) : c.issued ? word("common.forever") : null);
  line(list, name("status"), c.status && word("common.statuses." + c.status));
  if (c.status_as_of) line(list, name("status_as_of"), when(c.status_as_of, true) + " · " + ago(c.status_as_of));
  line(list, name("superseded_by_number"), c.superseded_by_number);
  line(list, name("sheet"), c.sheet && word("verify.sheet", c.sheet));
  line(list, name("sheet_purpose"), c.sheet && c.sheet.purpose);
  line(list, name("copy_number"), c.copy_number ? String(c.copy_number) : null);
  line(list, name("copy"), c.copy && (c.copy.purpose || word("verify.copy_hidden")));
  line(list, name("copy_maker"), c.copy && c.copy.maker);
  line(list, name("identifier"), c.identifier);
  ownFields(list, c.fields);
}

function reasons(items) {
  $("reasons").replaceChildren(...items.map((r) => el("li", null,
    r["text_" + lang()] + " ", el("span", { class: "next" }, r.next ? r.next[lang()] : ""))));
}

function show(answer) {
  const look = LOOK[answer.verdict] || ["unsure", "?"];
  const valid = answer.verdict === "valid" && answer.certificate ? answer.certificate : {};
  const verdict = valid.copy ? "copy" : valid.sheet ? "sheet" : answer.verdict;
  last = answer;
  $("result").className = "result " + look[0];
  $("result").dataset.verdict = answer.verdict || "problem";
  $("symbol").textContent = look[1];
  $("word").textContent = answer.problem ? word("verify.failed") : word("verify.verdicts." + verdict + ".word");
  $("meaning").textContent = answer.problem ? answer.problem() : word("verify.verdicts." + verdict + ".meaning");
  $("what").textContent = answer.file ? word("verify.what_file") + answer.file : answer.problem ? "" : word("verify.what_code");
  reasons(answer.reasons || []);
  facts(answer.certificate || null);
  $("result").hidden = false;
}

const problem = (key) => show({ problem: () => word(key) });

function busy(on) {
  $("busy").hidden = !on;
  $("busy").textContent = on ? word("verify.busy") : "";
  $("verify").disabled = on;
}

async function send(body, type, file) {
  busy(true);
  $("result").hidden = true;
  last = null;
  try {
    const answer = await call("POST", "/v1/verifications", null, { body: body, type: type, credentials: "omit" });
    show(Object.assign(answer, { file: file }));
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
    show({ problem: () => e.text });
  } finally {
    busy(false);
  }
  $("result").focus();
}

const sendCode = (text) => send(JSON.stringify({ qr: text }), "application/json", "");

function sendFile(file) {
  if (file.size > MAX) problem("verify.too_large");
  else send(file, "application/octet-stream", file.name);
}

function listen() {
  $("file").addEventListener("change", () => {
    if ($("file").files.length) sendFile($("file").files[0]);
    $("file").value = "";
  });
  $("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("code").value.trim();
    if (text) sendCode(text);
    else problem("verify.empty");
  });
  $("again").addEventListener("click", () => {
    $("result").hidden = true;
    last = null;
    $("code").value = "";
    history.replaceState(null, "", location.pathname);
    $("code").focus();
  });
  for (const name of ["dragenter", "dragover"])
    $("drop").addEventListener(name, (event) => { event.preventDefault(); $("drop").classList.add("over"); });
  for (const name of ["dragleave", "drop"])
    $("drop").addEventListener(name, () => $("drop").classList.remove("over"));
  $("drop").addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) sendFile(event.dataTransfer.files[0]);
  });
  window.addEventListener("hashchange", scanned);
}

/* A scanned code opens this page with its digits after #. */
function scanned() {
  if (/^#[0-9]{20,}$/.test(location.hash)) sendCode(location.href);
}

start($("choices"), () => {
  document.title = word("verify.title");
  if (last) show(last);
}).then(() => {
  listen();
  scanned();
});
