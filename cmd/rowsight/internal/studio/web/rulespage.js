import { h, fill, icon, later } from "./dom.js";
import { ask } from "./api.js";
import { t, number } from "./i18n.js";
import { Rows, Windows } from "./rows.js";
import { editCell } from "./cell.js";
import { findingCard } from "./findings.js";
import { newRules, columnMenu, addColumn } from "./columns.js";

const rowHeight = 40;

/** rulesPage is the rules as a table, with findings beside the cells. */
export function rulesPage(app, memory) {
  const element = h("section", { class: "rulespage" });
  if (!app.state.rules) {
    fill(element, nothing(app));
    return { element, changed: () => { if (app.state.rules) app.show(); } };
  }
  const page = app.state.grid ? new Grid(app, memory, element) : new TextPage(app, element);
  return { element, changed: () => page.changed(), leave: () => page.leave(), find: page.find ? () => page.find() : undefined };
}

function nothing(app) {
  return h("div", { class: "empty" }, icon("file"), h("h2", {}, t("rules.none")), h("p", {}, t("rules.none.text")), h("button", { class: "main", onclick: () => app.open("rules") }, t("file.rules.open")), h("button", { onclick: () => newRules(app) }, icon("add"), t("rules.new")));
}

class Grid {
  constructor(app, memory, element) {
    Object.assign(this, { app, memory, element, findings: [], byCell: new Map(), byRow: new Map(), hits: null, filter: "all" });
    this.cell = memory.cell ?? { row: 0, col: 0 };
    this.selected = new Set();
    this.editor = null;
    this.build();
    this.check = later(() => this.vet(), 120);
  }

  build() {
    this.count = h("span", { class: "muted", "aria-live": "polite" });
    this.search = h("input", { type: "search", placeholder: t("find"), "aria-label": t("find"), oninput: later(() => this.look(), 120),
      onkeydown: (e) => { if (e.key === "Enter") { e.preventDefault(); this.next(e.shiftKey ? -1 : 1); } else if (e.key === "Escape") { this.search.value = ""; this.look(); this.viewport.focus(); } } });
    this.undo = h("button", { onclick: () => this.app.edit("undo"), title: "Ctrl+Z" }, icon("undo"), h("span", {}, t("undo")));
    this.redo = h("button", { onclick: () => this.app.edit("redo"), title: "Ctrl+Y" }, icon("redo"), h("span", {}, t("redo")));
    this.viewport = h("div", { class: "grid", role: "grid", tabindex: "0", "aria-label": t("rules.grid"), "aria-multiselectable": "true",
      onkeydown: (e) => this.key(e), onfocus: () => this.mark(), ondblclick: (e) => this.at(e) && this.edit(), onmousedown: (e) => this.point(e),
      oncopy: (e) => this.copy(e), onpaste: (e) => this.paste(e) });
    this.head = h("div", { class: "gridhead", role: "row", "aria-rowindex": "1" });
    this.viewport.append(h("div", { role: "rowgroup", class: "sticky" }, this.head));
    this.rows = new Rows(this.viewport, rowHeight, (i) => this.row(i));
    this.windows = new Windows(async (from, len, signal) => (await ask("rules", { from, len }, signal)).rows, (from, n) => { for (let i = from; i < from + n; i++) this.rows.renew(i); this.mark(); });
    this.summary = h("div", { class: "summary" });
    this.cards = h("div", { class: "cards" });
    this.panel = h("aside", { class: "findings", "aria-label": t("findings") }, this.summary, this.cards);
    this.bubble = h("div", { class: "bubble", hidden: true });
    fill(this.element,
      h("div", { class: "toolbar", role: "toolbar", "aria-label": t("rules.tools") },
        h("button", { onclick: () => this.addRow(), title: "Alt+N" }, icon("add"), h("span", {}, t("rules.add"))),
        h("button", { onclick: () => this.duplicate(), title: "Ctrl+D" }, icon("copy"), h("span", {}, t("rules.duplicate"))),
        h("button", { onclick: () => this.remove(), title: "Alt+Delete" }, icon("trash"), h("span", {}, t("rules.delete"))),
        h("button", { onclick: () => addColumn(this.app), "data-keep": "add-column" }, icon("column"), h("span", {}, t("column.add"))),
        h("span", { class: "gap" }), this.undo, this.redo, h("span", { class: "gap" }),
        h("div", { class: "searchbox" }, icon("search"), this.search,
          h("button", { class: "plain", "aria-label": t("find.previous"), onclick: () => this.next(-1) }, icon("up")),
          h("button", { class: "plain", "aria-label": t("find.next"), onclick: () => this.next(1) }, icon("down"))),
        this.count),
      this.notices = h("div", { class: "notices" }),
      h("div", { class: "split" }, h("div", { class: "gridbox" }, this.viewport, this.bubble), this.panel));
  }

  async changed() {
    const s = this.app.state;
    if (!s.grid) return this.app.go("rules");
    this.undo.disabled = !s.undo;
    this.redo.disabled = !s.redo;
    const columns = s.header.map((name) => (name === s.user || name === s.group ? "minmax(146px, 1fr)" : "minmax(165px, 1.6fr)")).join(" ");
    this.viewport.style.setProperty("--columns", `58px ${columns}`);
    this.viewport.style.setProperty("--width", 58 + s.header.reduce((sum, name) => sum + (name === s.user || name === s.group ? 146 : 165), 0) + "px");
    this.viewport.setAttribute("aria-rowcount", s.rules.rows + 1);
    this.viewport.setAttribute("aria-colcount", s.header.length + 1);
    this.drawHead();
    this.drawNotices();
    this.cell.row = Math.max(0, Math.min(this.cell.row, s.rules.rows - 1));
    this.cell.col = Math.min(this.cell.col, s.header.length - 1);
    // The rows that are shown stay until the new ones are there: nothing flickers.
    const first = Math.floor(this.rows.first / 100) * 100;
    const { rows, rev } = await ask("rules", { from: first, len: 200 });
    if (this.gone || rev !== this.app.state.rev) return; // newer ones are on their way
    this.windows.forget();
    this.windows.pages.set(first / 100, rows.slice(0, 100));
    if (rows.length > 100) this.windows.pages.set(first / 100 + 1, rows.slice(100));
    this.rows.setCount(s.rules.rows);
    this.mark();
    if (this.search.value) this.look(true);
    else this.drawCount();
    this.check();
  }

  drawNotices() {
    const s = this.app.state;
    fill(this.notices,
      s.example ? h("p", { class: "notice" }, t("example")) : null,
      s.rules.imported ? h("p", { class: "notice" }, t("imported")) : null,
      s.repairs?.length ? h("details", { class: "notice" }, h("summary", {}, t("repaired", { n: s.repairs.length })), h("ul", {}, s.repairs.map((r) => h("li", {}, r)))) : null,
      s.refused ? h("p", { class: "notice bad", role: "alert" }, icon("error"), t("refused")) : null);
  }

  drawHead() {
    const s = this.app.state;
    fill(this.head, h("div", { role: "columnheader", class: "number" }, h("span", { class: "unseen" }, t("rule.number"))),
      s.header.map((name, col) => {
        const kind = name === s.user ? "who.user" : name === s.group ? "who.group" : "who.column";
        const found = this.byCell.get("-1:" + col), key = s.header.indexOf(name) === col ? name : `${col} ${name}`;
        return h("div", { role: "columnheader", class: found ? "has " + found[0].severity : "", "aria-colindex": col + 2, "aria-sort": this.sorted?.col === col ? (this.sorted.desc ? "descending" : "ascending") : "none" },
          h("button", { class: "plain", "data-keep": "sort " + key, onclick: () => this.sort(col), title: t("rules.sort", { name }) }, h("span", { class: "name" }, name), h("small", {}, t(kind))),
          h("button", { class: "plain columnmenu", "data-keep": "menu " + key, "aria-label": t("column.menu", { name }), onclick: () => columnMenu(this.app, col, name) }, icon("more")),
          found ? h("span", { class: "flag", title: found[0].reason }, icon(found[0].severity)) : null);
      }));
  }

  row(i) {
    const s = this.app.state, r = this.windows.get(i);
    const selected = this.selected.has(i);
    const rowFindings = this.byRow.get(i);
    const el = h("div", { role: "row", class: "gridrow" + (selected ? " selected" : "") + (this.hits?.has(i) ? " hit" : "") + (rowFindings ? " has " + rowFindings[0].severity : ""), "aria-rowindex": i + 2, "aria-selected": selected ? "true" : "false", "data-row": i },
      h("div", { role: "rowheader", class: "number", "data-col": -1, id: `c-${i}--1` }, number(i + 1), rowFindings ? icon(rowFindings[0].severity) : null));
    if (!r) return el;
    r.cells.forEach((c, col) => {
      const found = this.byCell.get(i + ":" + col);
      const principal = s.header[col] === s.user || s.header[col] === s.group;
      const at = this.cell.row === i && this.cell.col === col;
      el.append(h("div", { role: "gridcell", id: `c-${i}-${col}`, class: "cell" + (found ? " has " + found[0].severity : "") + (at ? " at" : ""), "data-col": col, "aria-colindex": col + 2, "aria-selected": at ? "true" : "false" },
        cellContent(c, principal), found ? h("span", { class: "flag" }, icon(found[0].severity), h("span", { class: "unseen" }, t("severity." + found[0].severity) + ": " + found[0].reason)) : null));
    });
    return el;
  }

  /** at returns the cell under the pointer. */
  at(e) {
    const cell = e.target.closest("[data-col]"), row = e.target.closest("[data-row]");
    return cell && row ? { row: Number(row.dataset.row), col: Number(cell.dataset.col) } : null;
  }

  point(e) {
    const at = this.at(e);
    if (!at || e.target.closest(".editor")) return;
    if (at.col < 0) {
      if (e.shiftKey) for (let i = Math.min(at.row, this.cell.row); i <= Math.max(at.row, this.cell.row); i++) this.selected.add(i);
      else if (e.ctrlKey || e.metaKey) this.selected.has(at.row) ? this.selected.delete(at.row) : this.selected.add(at.row);
      else { const only = this.selected.size === 1 && this.selected.has(at.row); this.selected.clear(); if (!only) this.selected.add(at.row); }
      this.move(at.row, this.cell.col, true);
      this.rows.refresh();
    } else {
      if (this.selected.size) { this.selected.clear(); this.rows.refresh(); }
      this.move(at.row, at.col);
    }
  }

  move(row, col, keep = false) {
    const s = this.app.state, old = this.cell;
    this.cell = { row: Math.max(0, Math.min(row, s.rules.rows - 1)), col: Math.max(0, Math.min(col, s.header.length - 1)) };
    this.memory.cell = this.cell;
    this.rows.show(this.cell.row);
    this.rows.renew(old.row);
    if (old.row !== this.cell.row) this.rows.renew(this.cell.row);
    this.mark();
    if (!keep) this.viewport.querySelector(`#c-${this.cell.row}-${this.cell.col}`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** mark tells assistive software where we are, and shows what is found there. */
  mark() {
    this.viewport.setAttribute("aria-activedescendant", `c-${this.cell.row}-${this.cell.col}`);
    const key = this.cell.row + ":" + this.cell.col;
    const here = [...(this.byCell.get(key) ?? []), ...(this.byRow.get(this.cell.row) ?? [])];
    const cell = this.viewport.querySelector(`#c-${this.cell.row}-${this.cell.col}`);
    if (!here.length || !cell || this.editor) { this.bubble.hidden = true; return; }
    const box = this.viewport.parentElement.getBoundingClientRect(), c = cell.getBoundingClientRect();
    this.bubble.hidden = false;
    fill(this.bubble, findingCard(this.app, here[0], null, "p"), here.length > 1 ? h("p", { class: "muted" }, t("finding.more", { n: here.length - 1 })) : null);
    const below = c.bottom - box.top + 6, width = Math.min(360, box.width - 24);
    this.bubble.style.setProperty("width", width + "px");
    this.bubble.style.setProperty("left", Math.max(8, Math.min(c.left - box.left, box.width - width - 16)) + "px");
    const high = this.bubble.offsetHeight;
    this.bubble.style.setProperty("top", (below + high > box.height && c.top - box.top > high + 12 ? c.top - box.top - high - 6 : below) + "px");
    this.bubble.style.setProperty("visibility", c.bottom < box.top + 40 || c.top > box.bottom ? "hidden" : "visible");
  }

  key(e) {
    if (e.target !== this.viewport) return;
    const command = e.ctrlKey || e.metaKey, { row, col } = this.cell;
    const last = this.app.state.rules.rows - 1, right = this.app.state.header.length - 1;
    const to = { ArrowUp: [row - 1, col], ArrowDown: [row + 1, col], ArrowLeft: [row, col - 1], ArrowRight: [row, col + 1],
      PageUp: [row - this.rows.page, col], PageDown: [row + this.rows.page, col], Home: [command ? 0 : row, 0], End: [command ? last : row, right] }[e.key];
    if (to) {
      e.preventDefault();
      if (e.shiftKey && (e.key === "ArrowUp" || e.key === "ArrowDown")) { this.selected.add(row); this.selected.add(Math.max(0, Math.min(to[0], last))); this.move(...to); this.rows.refresh(); } else this.move(...to);
    } else if (e.key === "Enter" || e.key === "F2") { e.preventDefault(); this.edit(); }
    else if (e.altKey && e.key === "Delete") { e.preventDefault(); this.remove(); }
    else if (e.altKey && e.key.toLowerCase() === "n") { e.preventDefault(); this.addRow(); }
    else if (command && e.key === "d") { e.preventDefault(); this.duplicate(); }
    else if (command && e.key === "a") { e.preventDefault(); for (let i = 0; i <= last; i++) this.selected.add(i); this.rows.refresh(); }
    else if (e.key === " " && e.shiftKey) { e.preventDefault(); this.selected.has(row) ? this.selected.delete(row) : this.selected.add(row); this.rows.renew(row); }
    else if (e.key === "Delete" || e.key === "Backspace") { e.preventDefault(); this.app.edit("edit", { ops: [{ op: "set", row, col, text: "" }] }); }
    else if (e.key === "Escape") { this.selected.clear(); this.bubble.hidden = true; this.rows.refresh(); }
    else if (e.key.length === 1 && !command && !e.altKey) this.edit(""); // the browser writes the letter into the editor, which has the focus now
  }

  edit(typed = null) {
    const { row, col } = this.cell, r = this.windows.get(row);
    const cell = this.viewport.querySelector(`#c-${row}-${col}`);
    if (!r || !cell || this.editor || matchMedia("(max-width: 600px)").matches) return;
    const s = this.app.state, name = s.header[col];
    const principal = name === s.user ? "user" : name === s.group ? "group" : null;
    this.bubble.hidden = true;
    const box = this.viewport.parentElement.getBoundingClientRect(), c = cell.getBoundingClientRect();
    this.editor = editCell({
      cell: r.cells[col], typed, principal, column: name, label: t("cell.edit", { column: name, n: row + 1 }),
      place: { left: c.left - box.left, top: c.top - box.top, width: c.width, room: box.width },
      done: async (op, step) => {
        this.editor.remove();
        this.editor = null;
        this.viewport.focus({ preventScroll: true });
        if (op) await this.app.edit("edit", { ops: [{ ...op, row, col }] });
        if (step === "down") this.move(row + 1, col);
        else if (step === "right") this.move(row, col + 1);
        else if (step === "left") this.move(row, col - 1);
        else this.mark();
      },
    });
    this.viewport.parentElement.append(this.editor);
    this.editor.start();
  }

  get chosen() { return this.selected.size ? [...this.selected].sort((a, b) => a - b) : [this.cell.row]; }

  async addRow() {
    const at = this.app.state.rules.rows ? this.cell.row + 1 : 0;
    if (await this.app.edit("edit", { ops: [{ op: "insert", row: at, cells: [[]] }] })) { this.move(at, 0); this.viewport.focus(); }
  }

  async duplicate() {
    const rows = this.chosen;
    this.selected.clear();
    if (await this.app.edit("edit", { ops: [{ op: "duplicate", rows }] })) this.move(rows.at(-1) + 1, this.cell.col);
  }

  async remove() {
    const rows = this.chosen;
    this.selected.clear();
    if (this.app.state.rules.rows && await this.app.edit("edit", { ops: [{ op: "delete", rows }] })) this.app.say(t("rules.deleted", { n: rows.length }));
  }

  sort(col) {
    const desc = this.sorted?.col === col && !this.sorted.desc;
    this.sorted = { col, desc };
    this.app.edit("edit", { ops: [{ op: "sort", col, desc }] });
  }

  copy(e) {
    if (e.target !== this.viewport) return;
    const quote = (text) => (/[\t\n\r"]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
    const rows = this.selected.size ? this.chosen.map((i) => this.windows.get(i)?.cells ?? []) : [[this.windows.get(this.cell.row)?.cells[this.cell.col] ?? { text: "" }]];
    e.clipboardData.setData("text/plain", rows.map((cells) => cells.map((c) => quote(c.text)).join("\t")).join("\n"));
    e.preventDefault();
    this.app.say(t("copied", { n: rows.length }));
  }

  paste(e) {
    if (e.target !== this.viewport) return;
    e.preventDefault();
    const text = e.clipboardData.getData("text/plain");
    const whole = this.selected.size > 0;
    if (text) this.app.edit("paste", { row: this.cell.row, col: whole ? 0 : this.cell.col, text }).then((ok) => ok && this.app.say(t("pasted")));
  }

  find() { this.search.focus(); this.search.select(); }

  async look(stay = false) {
    const text = this.search.value;
    this.hits = text ? new Set((await ask("find", { text })).rows) : null;
    this.rows.refresh();
    this.drawCount();
    if (!stay && this.hits?.size) { const first = [...this.hits].find((i) => i >= this.cell.row) ?? [...this.hits][0]; this.move(first, this.cell.col, true); }
  }

  next(step) {
    if (!this.hits?.size) return;
    const all = [...this.hits];
    const next = step > 0 ? all.find((i) => i > this.cell.row) ?? all[0] : all.findLast((i) => i < this.cell.row) ?? all.at(-1);
    this.move(next, this.cell.col, true);
  }

  drawCount() {
    fill(this.count, this.hits ? t("find.count", { n: this.hits.size }) : t("rules.count", { n: this.app.state.rules.rows }));
  }

  async vet() {
    let found;
    if (this.gone) return;
    this.panel.setAttribute("aria-busy", "true");
    this.vetting?.abort(); // an older question
    const vetting = this.vetting = new AbortController();
    try { found = await ask("findings", {}, vetting.signal); } catch (error) {
      if (error.name !== "AbortError" && !this.gone) { this.panel.removeAttribute("aria-busy"); this.app.say(error); }
      return;
    }
    this.panel.removeAttribute("aria-busy");
    if (this.gone || found.rev !== this.app.state.rev) return;
    this.findings = found.findings;
    this.byCell.clear();
    this.byRow.clear();
    const order = { error: 0, warning: 1, info: 2 };
    for (const f of [...found.findings].sort((a, b) => order[a.severity] - order[b.severity])) {
      if (f.file !== "rules" || f.row < -1) continue;
      const [map, key] = f.col >= 0 ? [this.byCell, f.row + ":" + f.col] : [this.byRow, f.row];
      map.set(key, [...(map.get(key) ?? []), f]);
    }
    this.drawPanel(found);
    this.drawHead();
    this.rows.refresh();
    this.mark();
    this.element.dataset.vetted = found.rev;
  }

  drawPanel(found) {
    const count = (n, severity) => h("button", { class: "count " + severity, "data-keep": severity, "aria-pressed": this.filter === severity ? "true" : "false", disabled: !n, onclick: () => { this.filter = this.filter === severity ? "all" : severity; this.drawPanel(found); } }, icon(severity), number(n), h("span", {}, t("severity." + severity + ".many", { n })));
    fill(this.summary, h("h2", {}, t("findings")), h("div", { class: "counts" }, count(found.errors, "error"), count(found.warnings, "warning"), count(found.notes, "info")));
    const order = { error: 0, warning: 1, info: 2 };
    const list = found.findings.filter((f) => this.filter === "all" || f.severity === this.filter).sort((a, b) => order[a.severity] - order[b.severity] || (b.fix ? 1 : 0) - (a.fix ? 1 : 0));
    fill(this.cards, list.length ? list.slice(0, 200).map((f) => findingCard(this.app, f, f.file === "rules" && f.row >= 0 ? () => { this.move(f.row, Math.max(0, f.col)); this.viewport.focus({ preventScroll: true }); } : null))
      : h("div", { class: "empty small" }, icon("check"), h("p", {}, t("findings.none")), this.app.state.data ? null : h("p", { class: "muted" }, t("findings.data"))));
  }

  changedSelection() { this.rows.refresh(); }

  leave() {
    this.gone = true;
    this.rows.end();
  }
}

/** cellContent shows a cell: a name, or the values of a list as chips. */
export function cellContent(c, principal) {
  if (principal) return c.text ? h("span", { class: "principal" }, c.text) : h("span", { class: "none" }, "—");
  if (c.error) return h("span", { class: "raw" }, c.text);
  if (!c.items?.length) return h("span", { class: "every" }, t("every"));
  const shown = c.items.slice(0, 12);
  return h("span", { class: "chips" }, shown.map((item) => chip(item)), c.items.length > shown.length ? h("span", { class: "chip more" }, "+" + number(c.items.length - shown.length)) : null);
}

/** chip shows a value. Blanks at its ends are made visible. */
export function chip(text, ...more) {
  const lead = /^\s*/.exec(text)[0], rest = text.slice(lead.length), tail = /\s*$/.exec(rest)[0];
  const blank = (s) => (s ? h("span", { class: "blank", title: t("blank") }, "␣".repeat(s.length)) : null);
  return h("span", { class: "chip" }, blank(lead), h("bdi", {}, rest.slice(0, rest.length - tail.length)), blank(tail), more);
}

/** TextPage shows a file that is not a table yet. */
class TextPage {
  constructor(app, element) {
    Object.assign(this, { app, element });
    this.area = h("textarea", { class: "code", spellcheck: "false", "aria-label": t("text.label"), wrap: "off" });
    this.cards = h("div", { class: "cards" });
    fill(element, h("div", { class: "notice bad", role: "alert" }, icon("error"), h("div", {}, h("strong", {}, t("text.title")), h("p", {}, t("text.text")))),
      h("div", { class: "toolbar" }, h("button", { class: "main", onclick: () => this.app.edit("repair") }, icon("check"), t("text.repair")),
        h("button", { onclick: () => this.app.edit("text", { text: this.area.value }) }, t("text.apply")), h("button", { onclick: () => this.app.edit("undo") }, icon("undo"), t("undo"))),
      h("div", { class: "split" }, h("div", { class: "gridbox" }, this.area), h("aside", { class: "findings", "aria-label": t("findings") }, h("h2", {}, t("findings")), this.cards)));
  }

  async changed() {
    if (this.app.state.grid) return this.app.go("rules");
    const { text } = await ask("rules");
    const found = await ask("findings");
    if (this.gone) return;
    this.area.value = text ?? "";
    fill(this.cards, found.findings.map((f) => findingCard(this.app, f)));
    this.element.dataset.vetted = found.rev;
  }

  leave() { this.gone = true; }
}
