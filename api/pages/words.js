/* Words of the pages in the reader's language, and the size of the letters.
   These two choices are all that a page keeps in the browser. */
import { el } from "@dom.js@";

const FILES = { zh: "@zh.json@", en: "@en.json@" };
const tables = {};
const listeners = [];
let language = kept("language", ["zh", "en"]) ||
  ((navigator.language || "zh").toLowerCase().startsWith("zh") ? "zh" : "en");
let size = kept("size", ["normal", "large"]) || "normal";

function kept(name, allowed) {
  let value = null;
  try { value = localStorage.getItem(name); } catch (e) { value = null; }
  return allowed.includes(value) ? value : null;
}

function keep(name, value) {
  try { localStorage.setItem(name, value); } catch (e) { /* private window: not remembered */ }
}

export const lang = () => language;

function look(key) {
  return key.split(".").reduce((table, name) => (table ? table[name] : undefined), tables[language]);
}

export const known = (key) => typeof look(key) === "string";

/* The text of a key, with its {places} filled; the key itself when there is none. */
export function word(key, values) {
  const text = look(key);
  if (typeof text !== "string") return key;
  return text.replace(/\{(\w+)\}/g, (place, name) => (values && name in values ? String(values[name]) : place));
}

/* Of an object with texts in both languages: the reader's. */
export function said(texts) {
  return texts ? texts[language] || texts.zh || texts.en || "" : "";
}

/* Give every node its word again. */
function speak(root) {
  for (const node of root.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
}

/* A moment as a date in China; with its clock time when asked for. */
export function when(text, clock) {
  const options = { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" };
  if (clock) Object.assign(options, { hour: "2-digit", minute: "2-digit", hour12: false });
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", options).format(new Date(text));
}

/* Of a moment at which something ends: the last day on which it still holds, as
   certificates print it. */
export const lastDay = (text) => when(new Date(text) - 1);

/* The clock time in China. */
export function clock(date) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(date);
}

/* Today in China, as YYYY-MM-DD. */
export function today() {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());
}

export function ago(text) {
  const m = Math.max(0, Math.floor((Date.now() - new Date(text)) / 60000));
  if (m < 2) return word("common.ago.now");
  if (m < 120) return word("common.ago.minutes", { n: m });
  return m < 2880 ? word("common.ago.hours", { n: Math.floor(m / 60) }) : word("common.ago.days", { n: Math.floor(m / 1440) });
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/* A lost packet must not leave a page without words. */
async function load(name) {
  for (let wait = 500; !tables[name]; wait *= 2) {
    try {
      tables[name] = await (await fetch(FILES[name], { credentials: "omit" })).json();
    } catch (e) {
      if (wait > 4000) throw e;
      await pause(wait);
    }
  }
}

function show() {
  document.documentElement.lang = word("common.lang");
  document.documentElement.dataset.size = size;
  speak(document);
  for (const listener of listeners) listener();
}

async function other() {
  const name = language === "zh" ? "en" : "zh";
  await load(name);
  language = name;
  keep("language", name);
  show();
}

function resize() {
  size = size === "normal" ? "large" : "normal";
  keep("size", size);
  show();
}

/* Put the two choices into `place`, load the words, then call `changed` now
   and after each change. */
export async function start(place, changed) {
  const languages = el("button", { type: "button", id: "language", class: "quiet", onclick: other });
  const sizes = el("button", { type: "button", id: "size", class: "quiet", onclick: resize });
  document.documentElement.dataset.size = size;
  await load(language);
  listeners.push(() => {
    languages.textContent = word("common.other");
    languages.lang = word("common.other_lang");
    sizes.textContent = word("common.size." + (size === "normal" ? "large" : "normal"));
  }, changed);
  place.append(sizes, languages);
  show();
  document.documentElement.dataset.ready = "";
}
