import { h, fill, icon, later, download } from "./dom.js";
import { ask } from "./api.js";
import { t, number, percent, list } from "./i18n.js";
import { Rows, Windows } from "./rows.js";
import { words, why, short, failure } from "./words.js";
import { problemText } from "./app.js";
import { chip } from "./rulespage.js";

/** viewPage shows the rows of one viewer, and why. */
export function viewPage(app, memory) {
  const element = h("section", { class: "viewpage" });
  const s = app.state;
  if (!s.rules && !s.tags) {
    fill(element, h("div", { class: "empty" }, icon("view"), h("h2", {}, t("rules.none")), h("button", { class: "main", onclick: () => app.open("rules") }, t("file.rules.open"))));
    return { element };
  }
  const page = new ViewPage(app, memory, element);
  return { element, changed: () => page.changed(), leave: () => page.leave() };
}

class ViewPage {
  constructor(app, memory, element) {
    Object.assign(this, { app, memory, element });
    memory.kind ??= app.state.rules ? "user" : "session";
    memory.user ??= "";
    memory.groups ??= [];
    memory.tags ??= {};
    memory.session ??= "";
    memory.only ??= "all";
    this.build();
  }

  build() {
    const m = this.memory, s = this.app.state;
    this.input = h("input", { type: "text", id: "viewer", role: "combobox", "aria-autocomplete": "list", "aria-controls": "viewer-options", "aria-expanded": "false", autocomplete: "off", spellcheck: "false", value: m.user, placeholder: t("view.type"),
      oninput: () => { m.user = this.input.value; m.groups = []; m.group = false; this.suggest2(m.user.trim()); this.soon(); }, onfocus: () => { this.input.select(); this.suggest2(""); }, onblur: () => setTimeout(() => { this.options.hidden = true; this.input.setAttribute("aria-expanded", "false"); }, 150),
      onkeydown: (e) => this.key(e) });
    this.options = h("ul", { class: "options", role: "listbox", id: "viewer-options", "aria-label": t("view.people"), hidden: true });
    this.groups = h("div", { class: "groups" });
    // Groups that the viewer is in beside those of the roster.
    this.extra = h("input", { type: "text", list: "group-names", autocomplete: "off", spellcheck: "false", "aria-label": t("view.addgroup"), placeholder: t("view.addgroup"),
      onchange: () => this.addGroup(), onkeydown: (e) => { if (e.key === "Enter") { e.preventDefault(); this.addGroup(); } } });
    this.names = h("datalist", { id: "group-names" });
    this.more = h("div", { class: "addgroup" }, this.extra, this.names);
    this.answer = h("div", { class: "answer", "aria-live": "polite" });
    this.viewport = h("div", { class: "datagrid", role: "grid", tabindex: "0", "aria-label": t("view.grid"), "aria-readonly": "true", onkeydown: (e) => this.walk(e), onclick: (e) => { const r = e.target.closest("[data-at]"); if (r) this.pick(Number(r.dataset.at)); } });
    this.head = h("div", { class: "datahead", role: "row", "aria-rowindex": "1" });
    this.viewport.append(h("div", { role: "rowgroup", class: "sticky" }, this.head));
    this.rows = new Rows(this.viewport, 34, (i) => this.row(i));
    this.windows = new Windows((from, len, signal) => ask("view.rows", { viewer: this.spec(), only: m.only, from, len }, signal).then((a) => a.rows),
      (from, n, error) => { if (error) this.app.say(error); this.measure(); for (let i = from; i < from + n; i++) this.rows.renew(i); });
    this.drawer = h("aside", { class: "drawer", hidden: true, "aria-label": t("view.details") });
    const kinds = s.rules && s.tags ? h("div", { class: "segments", role: "radiogroup", "aria-label": t("view.kind") }, ["user", "session"].map((kind) => h("button", { role: "radio", "data-keep": "kind-" + kind, "aria-checked": m.kind === kind ? "true" : "false", onclick: () => { m.kind = kind; this.leave(); this.build(); this.changed(); } }, t("view." + kind)))) : null;
    const chooser = m.kind === "session" ? this.tags() : h("div", { class: "chooser" }, h("label", { for: "viewer" }, t("view.as")), h("div", { class: "combo" }, icon("user"), this.input, this.options), this.groups, this.more);
    this.only = h("div", { class: "segments", role: "radiogroup", "aria-label": t("view.only") });
    this.tools = h("div", { class: "toolbar" }, this.only, h("span", { class: "gap" }),
      h("button", { onclick: () => this.makeCase() }, icon("cases"), t("view.case")),
      h("button", { onclick: () => this.save() }, icon("download"), t("view.csv")));
    fill(this.element, h("div", { class: "viewtop" }, kinds, chooser, this.answer), this.tools, h("div", { class: "split" }, h("div", { class: "gridbox" }, this.viewport), this.drawer));
    this.soon = later(() => this.load(), 200);
    this.suggest2 = later((text) => this.fetchPeople(text), 60);
  }

  tags() {
    const m = this.memory, keys = [...new Set(this.app.state.tagKeys ?? [])];
    this.chosen = h("select", { "data-keep": "session", "aria-label": t("session.kept"), onchange: (e) => this.takeSession(e.target.value) });
    this.sessionName = h("input", { type: "text", autocomplete: "off", spellcheck: "false", "aria-label": t("session.name"), placeholder: t("session.name"), value: m.session, onkeydown: (e) => { if (e.key === "Enter") this.keepSession(); } });
    this.tagInputs = keys.map((key) => h("input", { type: "text", autocomplete: "off", spellcheck: "false", "aria-label": t("session.value", { key }), value: m.tags[key] ?? "", oninput: (e) => { m.tags[key] = e.target.value; this.soon(); } }));
    this.drawSessions();
    return h("fieldset", { class: "chooser tags" }, h("legend", {}, t("view.tags")),
      h("div", { class: "sessions" }, this.chosen, h("button", { onclick: () => this.findSessions(), disabled: !this.app.state.data, title: t("session.find.about") }, icon("search"), t("session.find"))),
      keys.map((key, i) => h("label", {}, h("span", {}, key), this.tagInputs[i])),
      h("div", { class: "sessions" }, this.sessionName, h("button", { onclick: () => this.keepSession() }, icon("add"), t("session.keep")), h("button", { class: "plain", "aria-label": t("session.drop"), title: t("session.drop"), onclick: () => this.dropSession() }, icon("trash"))));
  }

  async drawSessions() {
    try { this.kept = (await ask("sessions")).sessions; } catch { this.kept = []; }
    fill(this.chosen, h("option", { value: "" }, t(this.kept.length ? "session.choose" : "session.none")), this.kept.map((s) => h("option", { value: s.name, selected: s.name === this.memory.session }, s.name)));
  }

  takeSession(name) {
    const m = this.memory, s = this.kept.find((x) => x.name === name);
    if (!s) return;
    m.session = name;
    m.tags = Object.fromEntries(s.tags.map((x) => [x.Key, x.Value]));
    this.sessionName.value = name;
    [...new Set(this.app.state.tagKeys ?? [])].forEach((key, i) => { this.tagInputs[i].value = m.tags[key] ?? ""; });
    this.load();
  }

  async keepSession() {
    const name = this.sessionName.value.trim();
    this.memory.session = name;
    if (await this.app.edit("sessions.add", { name, tags: this.spec().tags })) this.app.say(t("session.done", { name }));
  }

  async dropSession() {
    const name = this.sessionName.value.trim();
    if (!this.kept.some((s) => s.name === name)) return;
    this.memory.session = this.sessionName.value = "";
    await this.app.edit("sessions.drop", { name });
  }

  async findSessions() {
    try {
      const found = await ask("sessions.find");
      this.app.set(await ask("state"));
      this.app.say(t("session.found", { n: found.sessions.length }));
      await this.drawSessions();
      if (found.sessions.length) { this.chosen.value = found.sessions[0].name; this.takeSession(found.sessions[0].name); }
    } catch (error) { this.app.say(error); }
  }

  addGroup() {
    const name = this.extra.value;
    this.extra.value = "";
    if (!name || this.memory.groups.includes(name)) return;
    this.memory.groups = [...this.memory.groups, name];
    this.load();
  }

  spec() {
    const m = this.memory;
    if (m.kind === "session") return { kind: "session", tags: Object.entries(m.tags).filter(([, v]) => v !== "").map(([Key, Value]) => ({ Key, Value })) };
    return m.group ? { kind: "user", user: "", groups: [m.user] } : { kind: "user", user: m.user.trim() === "" ? "" : m.user, groups: m.groups };
  }

  /** fetchPeople offers those whose name holds a text: all of them until somebody types. */
  async fetchPeople(text) {
    this.asked = text;
    let people = [], groupNames = [];
    try {
      const answer = await ask("viewers", { text });
      groupNames = answer.groups;
      const alone = new Set(answer.viewers.filter((v) => v.kind === "group").map((v) => v.name)), part = text.toLowerCase();
      const groups = answer.groups.filter((g) => !alone.has(g) && g.toLowerCase().includes(part)).map((name) => ({ kind: "group", name }));
      people = [...answer.viewers.slice(0, 30), ...groups.slice(0, 20)];
    } catch { /* none to offer */ }
    if (text !== this.asked) return;
    fill(this.names, groupNames.slice(0, 200).map((g) => h("option", { value: g })));
    this.people = people;
    this.at = -1;
    fill(this.options, this.people.map((p, i) => h("li", { role: "option", id: "viewer-option-" + i, "aria-selected": "false", onmousedown: (e) => { e.preventDefault(); this.choose(p); } },
      h("span", {}, p.name), h("small", {}, p.kind === "group" ? t("view.member") : p.groups?.length ? list(p.groups) : ""))));
    const open = this.people.length > 0 && document.activeElement === this.input;
    this.options.hidden = !open;
    this.input.setAttribute("aria-expanded", open ? "true" : "false");
  }

  key(e) {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (!this.people?.length) return;
      this.at = (this.at + (e.key === "ArrowDown" ? 1 : -1) + this.people.length) % this.people.length;
      [...this.options.children].forEach((el, i) => el.setAttribute("aria-selected", i === this.at ? "true" : "false"));
      this.options.children[this.at].scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", "viewer-option-" + this.at);
    } else if (e.key === "Enter") { e.preventDefault(); if (this.at >= 0 && this.people?.[this.at]) this.choose(this.people[this.at]); else { this.options.hidden = true; this.load(); } }
    else if (e.key === "Escape") { this.options.hidden = true; }
  }

  choose(p) {
    this.memory.user = this.input.value = p.name;
    this.memory.group = p.kind === "group";
    this.memory.groups = [];
    this.options.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.load();
  }

  async changed() {
    if (this.memory.kind === "session" && this.tagInputs?.length !== new Set(this.app.state.tagKeys ?? []).size) return this.app.show();
    if (this.memory.kind === "session") await this.drawSessions();
    if (this.memory.kind === "user" && !this.memory.user) {
      const { viewers } = await ask("viewers");
      if (viewers.length && !this.memory.user) { this.memory.user = this.input.value = viewers[0].name; this.memory.group = viewers[0].kind === "group"; }
    }
    await this.load();
  }

  async load() {
    let a;
    const turn = this.turn = (this.turn ?? 0) + 1, who = this.memory.user; // an answer that comes late is of somebody else
    this.element.setAttribute("aria-busy", "true");
    try { a = await ask("view", { viewer: this.spec() }); if (turn !== this.turn) return; } catch (error) {
      if (turn !== this.turn) return;
      this.element.removeAttribute("aria-busy");
      fill(this.answer, h("p", { class: "notice" + (error.code === "no-viewer" ? "" : " bad") }, problemText(error)));
      this.rows.setCount(0);
      this.tools.hidden = true;
      return;
    }
    this.element.removeAttribute("aria-busy");
    this.seen = a;
    const m = this.memory;
    fill(this.groups, a.groups?.length ? [h("span", { class: "muted" }, t("view.groups")), a.groups.map((g) => chip(g, m.groups.includes(g) && !m.group ? h("button", { class: "plain", "aria-label": t("cell.remove", { value: g }), onclick: () => { m.groups = m.groups.filter((x) => x !== g); this.load(); } }, icon("close")) : null))] : null);
    this.more.hidden = Boolean(m.group);
    fill(this.answer,
      a.hasData ? h("p", { class: "figure" }, h("strong", { id: "visible" }, number(a.visible)), h("span", {}, " ", t("view.of", { n: a.rows }), " · ", percent(a.visible, a.rows))) : null,
      h("ul", { class: "words" }, words(a.predicate).slice(0, 8).map((w) => h("li", {}, w)), words(a.predicate).length > 8 ? h("li", { class: "muted" }, t("words.ways", { n: words(a.predicate).length - 8 })) : null),
      (a.notes ?? []).map((n) => h("p", { class: "notice" }, icon("info"), n)));
    this.element.dataset.visible = a.visible;
    this.element.dataset.rows = a.rows;
    this.element.dataset.who = who;
    this.tools.hidden = !a.hasData;
    if (!a.hasData) {
      this.rows.setCount(0);
      fill(this.answer, [...this.answer.childNodes], h("p", { class: "notice" }, t("view.nodata"), " ", h("button", { class: "plain link", onclick: () => this.app.open("data") }, t("file.data.open"))));
      return;
    }
    fill(this.only, ["all", "visible", "hidden"].map((only) => h("button", { role: "radio", "data-keep": "only-" + only, "aria-checked": m.only === only ? "true" : "false", onclick: () => { m.only = only; this.viewport.scrollTop = 0; this.load(); } }, t("view." + only, { n: only === "all" ? a.rows : only === "visible" ? a.visible : a.rows - a.visible }))));
    this.windows.forget();
    this.cols = null;
    const columns = this.app.state.columns;
    fill(this.head, h("div", { role: "columnheader", class: "number" }, h("span", { class: "unseen" }, t("row.number"))), h("div", { role: "columnheader" }, t("why")), columns.map((c) => h("div", { role: "columnheader" }, c)));
    const n = m.only === "all" ? a.rows : m.only === "visible" ? a.visible : a.rows - a.visible;
    this.viewport.setAttribute("aria-rowcount", n + 1);
    this.close();
    this.rows.clear();
    if (n) await this.windows.first();
    if (turn === this.turn) this.rows.setCount(n);
  }

  /** measure chooses the widths of columns by the first rows, once. */
  measure() {
    if (this.cols || !this.windows.pages.size) return;
    const sample = [...this.windows.pages.values()][0];
    if (!sample.length) return;
    const names = this.app.state.columns;
    const widths = names.map((name, c) => Math.min(280, Math.max(84, 26 + 9 * Math.max(name.length, ...sample.map((r) => Math.min(40, (r.cells[c] ?? "").length))))));
    this.cols = `72px 220px ${widths.map((w) => Math.round(w) + "px").join(" ")}`;
    this.viewport.style.setProperty("--columns", this.cols);
    this.viewport.style.setProperty("--width", 292 + widths.reduce((a, b) => a + Math.round(b), 0) + "px");
  }

  row(i) {
    const r = this.windows.get(i);
    const el = h("div", { role: "row", class: "datarow", "aria-rowindex": i + 2, "data-at": i });
    if (!r) { el.append(h("div", { role: "gridcell", class: "number" }, "…")); return el; }
    el.classList.add(r.visible ? "visible" : "hiddenrow");
    if (this.picked === i) el.classList.add("at");
    el.dataset.row = r.row;
    el.append(h("div", { role: "rowheader", class: "number" }, number(r.row)),
      h("div", { role: "gridcell", class: "why" }, icon(r.visible ? "check" : "hidden"), h("span", {}, h("span", { class: "unseen" }, t(r.visible ? "seen" : "hidden") + ". "), r.visible ? (r.why.reason === "not enforced" ? t("why.open") : r.by.length ? t("why.by", { rules: list(r.by.slice(0, 3).map((n) => String(n + 1))), n: r.by.length }) : t("seen")) : short(r.why))));
    for (const c of r.cells) el.append(h("div", { role: "gridcell", class: c === null ? "novalue" : "", dir: "auto" }, c === null ? "∅" : c.length > 300 ? c.slice(0, 300) + "…" : c));
    return el;
  }

  walk(e) {
    if (e.target !== this.viewport) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: this.rows.page, PageUp: -this.rows.page }[e.key];
    if (step) { e.preventDefault(); this.pick(Math.max(0, Math.min(this.rows.count - 1, (this.picked ?? -1) + step))); }
    else if (e.key === "Escape") this.close();
  }

  async pick(i) {
    const old = this.picked;
    this.picked = i;
    this.rows.show(i);
    if (old !== undefined) this.rows.renew(old);
    this.rows.renew(i);
    const r = this.windows.get(i);
    if (!r) return;
    this.drawer.hidden = false;
    const names = this.app.state.columns;
    const who = h("div", { class: "whosees" }, h("p", { class: "muted" }, t("loading")));
    const go = (row) => h("button", { class: "plain link", onclick: () => this.app.go("rules", { cell: { row, col: 0 } }) }, t("rule", { n: row + 1 }));
    fill(this.drawer, h("header", {}, h("h2", {}, t("row", { n: r.row })), h("button", { class: "plain", "aria-label": t("close"), onclick: () => { this.close(); this.viewport.focus(); } }, icon("close"))),
      h("p", { class: "verdict " + (r.visible ? "good" : "bad") }, icon(r.visible ? "check" : "hidden"), t(r.visible ? "view.sees" : "view.not", { who: this.memory.kind === "session" ? t("view.thesession") : this.memory.user })),
      r.visible ? h("p", {}, r.by.length ? [t("view.because"), " ", r.by.map((n, k) => [k ? ", " : "", go(n)])] : null)
        : r.why.nearest?.length ? [h("h3", {}, t("view.nearest")), h("ul", { class: "misses" }, r.why.nearest.map((m, k) => h("li", {}, r.near[k] !== undefined ? go(r.near[k]) : null, h("ul", {}, m.fields.map((f) => h("li", {}, failure(f)))))))] : h("p", {}, why(r.why)),
      [h("h3", {}, t("who.row")), who],
      h("h3", {}, t("view.values")), h("dl", { class: "values" }, names.map((name, c) => [h("dt", {}, name), h("dd", { dir: "auto", class: r.cells[c] === null ? "novalue" : "" }, r.cells[c] ?? t("novalue"))])));
    try {
      const a = await ask("who", { row: r.row });
      fill(who, a.sessions?.length ? [h("h4", {}, t("session.these")), h("ul", { class: "people" }, a.sessions.slice(0, 100).map((name) => h("li", {}, h("button", { class: "plain link", onclick: () => this.app.go("view", { kind: "session", session: name, tags: Object.fromEntries((this.kept ?? []).find((s) => s.name === name)?.tags.map((x) => [x.Key, x.Value]) ?? []) }) }, name))))] : null,
        !this.app.state.rules ? (a.sessions?.length ? null : h("p", {}, t(this.app.state.sessions ? "session.nobody" : "session.hint"))) : a.open ? h("p", {}, t("why.open")) : a.viewers.length ? h("ul", { class: "people" }, a.viewers.slice(0, 100).map((v) => h("li", {}, h("button", { class: "plain link", onclick: () => { this.choose(v); } }, v.name), v.kind === "group" ? h("small", {}, " " + t("view.member")) : null, h("small", {}, " ", v.rules.map((n, k) => [k ? ", " : "", go(n)]))))) : h("p", {}, t("who.nobody")),
        a.viewers.length > 100 ? h("p", {}, t("words.more", { n: a.viewers.length - 100 })) : null,
        a.refused.map((v) => h("p", { class: "notice bad" }, v.name + ": " + v.error)));
      this.drawer.dataset.row = r.row;
    } catch (error) { fill(who, h("p", { class: "notice bad" }, problemText(error))); }
  }

  close() {
    this.drawer.hidden = true;
    const old = this.picked;
    this.picked = undefined;
    if (old !== undefined) this.rows.renew(old);
  }

  async makeCase() {
    if (this.memory.kind === "session" && !this.memory.told && !confirm(t("case.secret"))) return;
    this.memory.told = this.memory.kind === "session";
    try {
      await ask("cases.add", { viewer: this.spec() });
      this.app.say(t("case.added"));
    } catch (error) { this.app.say(error); }
  }

  async save() {
    try {
      const file = await ask("view.csv", { viewer: this.spec() });
      download(file.name, "\ufeff" + file.text, "text/csv");
      this.app.say(t("saved.download", { name: file.name }));
    } catch (error) { this.app.say(error); }
  }

  leave() { this.rows.end(); }
}
