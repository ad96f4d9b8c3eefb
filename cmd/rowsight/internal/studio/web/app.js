import { h, add, fill, icon } from "./dom.js";
import { ask, drop, stay, Problem, isLocal, useLocal } from "./api.js";
import { t, useLanguage, language, languageNames } from "./i18n.js";
import { rulesPage } from "./rulespage.js";
import { tagsPage } from "./tagspage.js";
import { viewPage } from "./viewpage.js";
import { whoPage } from "./whopage.js";
import { changesPage } from "./changespage.js";
import { casesPage } from "./casespage.js";
import { reportPage } from "./reportpage.js";

// The frame: files, pages, messages. Each page is a function of app that returns
// its element and what to do when the rules change.

const pages = { rules: rulesPage, tags: tagsPage, view: viewPage, who: whoPage, changes: changesPage, cases: casesPage, report: reportPage };
const icons = { rules: "rules", tags: "tags", view: "view", who: "who", changes: "changes", cases: "cases", report: "report" };

const app = {
  state: null,
  page: null, // { element, changed(), leave(), find() }
  memory: {}, // what pages remember while another is shown

  /** set takes a new state and tells the page. */
  set(state) {
    const old = this.state;
    this.state = state;
    drawHeader();
    if (!old || old.rev !== state.rev) this.page?.changed?.();
  },

  /** edit asks for a change of the rules at the revision that is shown, after the changes before it. */
  edit(name, question = {}) {
    const turn = (this.last ?? Promise.resolve()).then(() => this.change(name, question));
    this.last = turn;
    return turn;
  },

  async change(name, question) {
    try {
      this.set(await ask(name, { rev: this.state.rev, ...question }));
      return true;
    } catch (error) {
      if (error.code === "stale") this.set(await ask("state"));
      this.say(error);
      return false;
    }
  },

  /** say shows a message for a while, and reads it to those who listen. */
  say(message, kind = "") {
    const error = message instanceof Error;
    const text = error ? problemText(message) : message;
    if (!text) return;
    const toast = h("div", { class: "toast " + (error ? "bad" : kind) }, icon(error ? "error" : "check"), h("span", {}, text),
      h("button", { class: "plain", "aria-label": t("close"), onclick: () => toast.remove() }, icon("close")));
    toasts.append(toast);
    setTimeout(() => toast.remove(), error ? 12000 : 5000);
  },

  go(page, memory) {
    if (memory) this.memory[page] = { ...this.memory[page], ...memory };
    if (location.hash === "#" + page) show();
    else location.hash = page;
  },

  open: (kind) => pick(kind),

  /** show makes the page anew. */
  show: () => show(),
};

/** problemText is an error in words of the page. */
export function problemText(error) {
  if (!(error instanceof Problem)) return String(error?.message ?? error);
  const own = t("problem." + error.code);
  if (own === "problem." + error.code) return error.message;
  return own.includes("{reason}") ? t("problem." + error.code, { reason: error.message }) : own;
}

const root = document.getElementById("app");
const header = h("header", { class: "top" });
const nav = h("nav", { class: "pages" });
const main = h("main", { id: "main", tabindex: "-1" });
const toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
const picker = h("input", { type: "file", hidden: true, tabindex: "-1", "aria-hidden": "true" });

function drawHeader() {
  const s = app.state;
  document.documentElement.dataset.rev = s.rev;
  const file = (kind, f, about) => h("button", {
    class: "file" + (f ? "" : " unset"), onclick: () => pick(kind), "data-keep": "file-" + kind,
    title: t("file." + kind + ".open") + (f?.path ? " · " + f.path : ""),
  }, h("span", { class: "kind" }, t("file." + kind)), f ? h("span", { class: "name" }, f.name, about ? h("span", { class: "about" }, about) : null) : h("span", { class: "name" }, t("file.none")));
  fill(header,
    h("a", { class: "skip", href: "#main", onclick: (e) => { e.preventDefault(); main.focus(); } }, t("skip")),
    h("div", { class: "brand" }, h("img", { src: "icon.svg", alt: "", width: "26", height: "26" }), h("strong", {}, "rowsight"), h("span", {}, "studio")),
    h("div", { class: "files", role: "group", "aria-label": t("files") },
      file("rules", s.rules, s.dirty ? t("unsaved") : ""), file("data", s.data, s.data ? t("rows", { n: s.data.rows }) : ""),
      file("users", s.users, s.users ? t("people", { n: s.users.rows }) : ""), file("tags", s.tags, s.tagsDirty ? t("unsaved") : "")),
    h("div", { class: "right" },
      h("label", { class: "language" }, h("span", { class: "unseen" }, t("language")),
        h("select", { "data-keep": "language", onchange: (e) => { useLanguage(e.target.value); drawAll(); } },
          Object.entries(languageNames).map(([code, name]) => h("option", { value: code, selected: code === language() }, name)))),
      h("button", { class: "plain", "data-keep": "help", onclick: help, "aria-label": t("help.title") }, "?"),
      h("button", { class: "main", "data-keep": "save", disabled: !s.dirty && !s.tagsDirty, onclick: () => app.go("changes") }, icon("save"), t("save"))));
}

function drawNav() {
  const now = location.hash.slice(1) || "rules";
  nav.setAttribute("aria-label", t("pages"));
  fill(nav, h("ul", {}, Object.keys(pages).map((name) =>
    h("li", {}, h("a", { href: "#" + name, "data-keep": "page-" + name, "aria-current": name === now ? "page" : null }, icon(icons[name]), h("span", {}, t("page." + name)))))),
  h("p", { class: "local" }, t(isLocal() ? "local.browser" : "local.machine")));
}

function show() {
  const name = pages[location.hash.slice(1)] ? location.hash.slice(1) : "rules";
  app.page?.leave?.();
  app.memory[name] ??= {};
  app.page = pages[name](app, app.memory[name]);
  fill(main, h("h1", { class: "unseen" }, t("page." + name)), app.page.element);
  document.title = t("page." + name) + " · rowsight studio";
  drawNav();
  // The page appears when it has something to show: nothing moves afterwards.
  const { element } = app.page, ready = () => element.classList.remove("waiting");
  element.classList.add("waiting");
  setTimeout(ready, 400);
  Promise.resolve(app.page.changed?.()).then(ready, (error) => { ready(); throw error; });
}

function drawAll() {
  drawHeader();
  show();
}

/** pick opens a file of the visitor. */
function pick(kind) {
  picker.onchange = () => { if (picker.files.length) take([...picker.files], kind); picker.value = ""; };
  picker.multiple = false;
  picker.click();
}

async function take(files, kind = "") {
  if ((app.state.dirty && (kind === "rules" || !kind) || app.state.tagsDirty && (kind === "tags" || !kind)) && !confirm(t("drop.unsaved"))) return;
  for (const file of files) {
    try {
      const before = app.state.rules, state = await drop(file, kind);
      if (JSON.stringify(before) !== JSON.stringify(state.rules)) app.memory = {}; // of other rules
      app.set(state);
      app.say(t("drop.done", { name: file.name }));
    } catch (error) {
      app.say(new Error(file.name + ": " + problemText(error)));
    }
  }
  show();
}

function watchDrops() {
  const veil = h("div", { class: "veil", hidden: true }, h("div", {}, icon("file"), h("p", {}, t("drop.here")), h("small", {}, t("drop.kinds"))));
  document.body.append(veil);
  let depth = 0;
  const files = (e) => [...(e.dataTransfer?.types ?? [])].includes("Files");
  addEventListener("dragenter", (e) => { if (files(e)) { depth++; veil.hidden = false; } });
  addEventListener("dragleave", (e) => { if (files(e) && --depth <= 0) veil.hidden = true; });
  addEventListener("dragover", (e) => { if (files(e)) e.preventDefault(); });
  addEventListener("drop", (e) => {
    if (!files(e)) return;
    e.preventDefault();
    depth = 0;
    veil.hidden = true;
    take([...e.dataTransfer.files]);
  });
}

function help() {
  const dialog = h("dialog", { class: "help", "aria-labelledby": "help-title" },
    h("h2", { id: "help-title" }, t("help.title")),
    h("table", {}, h("tbody", {}, ["Ctrl+S", "Ctrl+Z", "Ctrl+Y", "Ctrl+F", "↑ ↓ ← →", "Enter", "Delete", "Ctrl+C", "Ctrl+V", "Ctrl+D", "Alt+N", "Alt+Delete", "Esc"].map((keys) =>
      h("tr", {}, h("th", { scope: "row" }, keys.split("+").map((k, i) => [i ? "+" : "", h("kbd", {}, k)])), h("td", {}, t("key." + keys)))))),
    h("p", {}, h("a", { href: "https://github.com/rowsight/rowsight/blob/main/docs/studio.md", target: "_blank", rel: "noopener noreferrer" }, t("help.more"), icon("link"))),
    h("form", { method: "dialog" }, h("button", { class: "main", onclick: (e) => { e.preventDefault(); dialog.close(); } }, t("close"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function keys(e) {
  const command = e.ctrlKey || e.metaKey;
  const typing = e.target.closest?.("input, textarea, select");
  if (command && e.key === "s") { e.preventDefault(); if (app.state.dirty || app.state.tagsDirty) app.go("changes"); }
  else if (command && e.key === "f" && app.page?.find) { e.preventDefault(); app.page.find(); }
  else if (typing || document.querySelector("dialog[open]")) return;
  else if (command && (e.key === "y" || (e.shiftKey && e.key.toLowerCase() === "z"))) { e.preventDefault(); app.edit(app.page?.redo ?? "redo"); }
  else if (command && e.key === "z") { e.preventDefault(); app.edit(app.page?.undo ?? "undo"); }
  else if (e.key === "?") help();
}

function ended() {
  fill(document.body, h("main", { class: "ended" }, h("img", { src: "icon.svg", alt: "", width: "48", height: "48" }), h("h1", {}, t("ended.title")), h("p", {}, t("ended.text"))));
  document.title = "rowsight studio";
  removeEventListener("beforeunload", guard);
}

function guard(e) { if (app.state?.dirty || app.state?.tagsDirty) e.preventDefault(); }

/** start shows the page. */
export async function start(library = null) {
  if (library) useLocal(library);
  if (location.search) history.replaceState(null, "", location.pathname + location.hash); // the token
  useLanguage();
  try {
    app.state = await ask("state");
  } catch (error) {
    fill(root, h("p", { class: "loading" }, problemText(error)));
    return;
  }
  fill(root, header, h("div", { class: "frame" }, nav, main));
  add(document.body, toasts, picker);
  addEventListener("hashchange", show);
  addEventListener("keydown", keys);
  addEventListener("beforeunload", guard);
  watchDrops();
  drawAll();
  document.documentElement.dataset.ready = "true";
  stay(ended);
}

if (!document.documentElement.dataset.library) start();
