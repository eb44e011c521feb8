"use strict";
/* The public page: hand in a file or a code, read the verdict. */
(function () {
  const MAX = 33554432;
  const LOOK = {
    valid: ["good", "✓"], invalid: ["bad", "✕"], unreadable: ["bad", "!"],
    indeterminate: ["unsure", "?"], unsigned: ["unsure", "–"],
  };
  const $ = (id) => document.getElementById(id);
  let language = remembered();
  let last = null; /* what to show again after a change of language */

  function remembered() {
    let saved = null;
    try { saved = localStorage.getItem("language"); } catch (e) { saved = null; }
    if (saved === "zh" || saved === "en") return saved;
    return (navigator.language || "zh").toLowerCase().startsWith("zh") ? "zh" : "en";
  }

  const words = () => WORDS[language];

  function speak() {
    const w = words();
    document.documentElement.lang = w.lang;
    document.title = w.title;
    for (const node of document.querySelectorAll("[data-word]"))
      node.textContent = w[node.dataset.word];
    $("language").textContent = w.other;
    $("language").lang = w.otherLang;
    if (last) show(last);
  }

  /* A moment as a date in China, and its clock time when asked for. */
  function when(text, withTime) {
    const options = { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" };
    if (withTime) Object.assign(options, { hour: "2-digit", minute: "2-digit", hour12: false });
    return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", options).format(new Date(text));
  }

  function line(list, name, value) {
    if (value === null || value === undefined || value === "") return;
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = value;
    list.append(dt, dd);
  }

  /* Fields that the type shows in public: [{name, zh, en, value}]; those that
     have a line of their own already are not repeated. */
  function ownFields(list, fields) {
    if (!Array.isArray(fields)) return;
    for (const f of fields)
      if (typeof f.value === "string" && !/^(ZZ|CZZT$)/.test(f.name || "")) line(list, f[language] || f.zh || f.name, f.value);
  }

  function facts(certificate) {
    const w = words(), n = w.names, list = $("fields"), c = certificate;
    list.replaceChildren();
    $("facts").hidden = !c;
    if (!c) return;
    line(list, n.type, c["type_" + language] || c.type_zh || c.type);
    line(list, n.number, c.number);
    line(list, n.holder, c.holder);
    line(list, n.department, c.department);
    line(list, n.issued, c.issued && when(c.issued));
    line(list, n.valid_from, c.valid_from && when(c.valid_from));
    line(list, n.valid_to, c.valid_to ? when(c.valid_to) : c.issued ? w.forever : null);
    line(list, n.status, c.status && (w.statuses[c.status] || c.status));
    if (c.status_as_of) {
      const minutes = Math.max(0, Math.floor((Date.now() - new Date(c.status_as_of)) / 60000));
      line(list, n.status_as_of, when(c.status_as_of, true) + " · " + w.ago(minutes));
    }
    line(list, n.superseded_by_number, c.superseded_by_number);
    line(list, n.copy_number, c.copy_number ? String(c.copy_number) : null);
    line(list, n.copy, c.copy && (c.copy.purpose || w.copy_hidden));
    line(list, n.copy_maker, c.copy && c.copy.maker);
    line(list, n.identifier, c.identifier);
    ownFields(list, c.fields);
  }

  function reasons(items) {
    const list = $("reasons");
    list.replaceChildren();
    for (const r of items) {
      const li = document.createElement("li"), next = document.createElement("span");
      li.append(r["text_" + language] + " ");
      next.className = "next";
      next.textContent = r.next ? r.next[language] : "";
      li.append(next);
      list.append(li);
    }
  }

  function show(answer) {
    const w = words(), look = LOOK[answer.verdict] || ["unsure", "?"];
    const copy = answer.verdict === "valid" && answer.certificate && answer.certificate.copy;
    const text = answer.problem ? [w.failed, answer.problem[language]] : copy ? w.copyValid : w.verdicts[answer.verdict];
    last = answer;
    $("result").className = "result " + look[0];
    $("result").dataset.verdict = answer.verdict || "problem";
    $("symbol").textContent = look[1];
    $("word").textContent = text[0];
    $("meaning").textContent = text[1];
    $("what").textContent = answer.file ? w.whatFile + answer.file : answer.problem ? "" : w.whatCode;
    reasons(answer.reasons || []);
    facts(answer.certificate || null);
    $("result").hidden = false;
  }

  function problem(zh, en) {
    show({ problem: { zh: zh, en: en } });
  }

  function busy(on) {
    $("busy").hidden = !on;
    $("busy").textContent = on ? words().busy : "";
    $("verify").disabled = on;
  }

  async function send(body, type, file) {
    busy(true);
    $("result").hidden = true;
    last = null;
    try {
      const reply = await fetch("/v1/verifications", {
        method: "POST", body: body, headers: { "Content-Type": type }, credentials: "omit", cache: "no-store",
      });
      const answer = await reply.json();
      if (reply.ok) show(Object.assign(answer, { file: file }));
      else problem(answer.zh, answer.en);
    } catch (e) {
      problem(WORDS.zh.offline, WORDS.en.offline);
    }
    busy(false);
    $("result").focus();
  }

  const sendCode = (text) => send(JSON.stringify({ qr: text }), "application/json", "");

  function sendFile(file) {
    if (file.size > MAX) problem(WORDS.zh.tooLarge, WORDS.en.tooLarge);
    else send(file, "application/octet-stream", file.name);
  }

  $("language").addEventListener("click", () => {
    language = language === "zh" ? "en" : "zh";
    try { localStorage.setItem("language", language); } catch (e) { /* private window: not remembered */ }
    speak();
  });
  $("file").addEventListener("change", () => {
    if ($("file").files.length) sendFile($("file").files[0]);
    $("file").value = "";
  });
  $("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("code").value.trim();
    if (text) sendCode(text);
    else problem(WORDS.zh.empty, WORDS.en.empty);
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

  /* A scanned code opens this page with its digits after #. */
  function scanned() {
    if (/^#[0-9]{20,}$/.test(location.hash)) sendCode(location.href);
  }
  window.addEventListener("hashchange", scanned);
  speak();
  scanned();
})();
