import { h, fill, icon, later } from "./dom.js";
import { ask } from "./api.js";
import { t } from "./i18n.js";
import { findingCard } from "./findings.js";
import { problemText } from "./app.js";

const fields = ["TagKey", "ColumnName", "TagMultiValueDelimiter", "MatchAllValue"];
const named = { TagKey: "key", ColumnName: "column", TagMultiValueDelimiter: "delimiter", MatchAllValue: "matchAll" };

/** tagsPage edits tag rules: which tag of a session restricts which column. */
export function tagsPage(app, memory) {
  const element = h("section", { class: "tagspage" });
  if (!app.state.tags) {
    fill(element, h("div", { class: "empty" }, icon("tags"), h("h2", {}, t("tags.none")), h("p", {}, t("tags.none.text")),
      h("button", { class: "main", onclick: () => app.open("tags") }, t("file.tags.open")),
      h("button", { onclick: () => app.edit("tags.new") }, icon("add"), t("tags.new"))));
    return { element, changed: () => { if (app.state.tags) app.show(); } };
  }
  const page = new TagsPage(app, memory, element);
  return { element, changed: () => page.changed(), leave: () => { page.gone = true; }, undo: "tags.undo", redo: "tags.redo" };
}

class TagsPage {
  constructor(app, memory, element) {
    Object.assign(this, { app, memory, element });
    memory.shown ??= false;
    this.undo = h("button", { onclick: () => app.edit("tags.undo"), title: "Ctrl+Z" }, icon("undo"), h("span", {}, t("undo")));
    this.redo = h("button", { onclick: () => app.edit("tags.redo"), title: "Ctrl+Y" }, icon("redo"), h("span", {}, t("redo")));
    this.add = h("button", { onclick: () => this.addRule() }, icon("add"), h("span", {}, t("tags.add")));
    this.secrets = h("label", { class: "tick" }, h("input", { type: "checkbox", checked: memory.shown, onchange: (e) => { memory.shown = e.target.checked; this.draw(); } }), t("tags.show"));
    this.status = h("select", { "data-keep": "tags-status", onchange: (e) => this.edit({ op: "status", text: e.target.value }) });
    this.notices = h("div", { class: "notices" });
    this.table = h("tbody", {});
    this.lists = h("div", { class: "lists" });
    this.area = h("textarea", { class: "code", spellcheck: "false", wrap: "off", "aria-label": t("tags.text") });
    this.cards = h("div", { class: "cards" });
    this.columns = h("datalist", { id: "tag-columns" });
    this.form = h("div", { class: "tagform" },
      h("table", { class: "tagrules" }, h("caption", { class: "unseen" }, t("page.tags")), h("thead", {}, h("tr", {}, fields.map((f) => h("th", { scope: "col" }, t("tags." + named[f]), h("small", {}, t("tags." + named[f] + ".about")))), h("th", {}, h("span", { class: "unseen" }, t("tags.remove"))))), this.table),
      this.lists);
    fill(element, h("div", { class: "toolbar", role: "toolbar", "aria-label": t("tags.tools") }, this.add, h("span", { class: "gap" }), this.undo, this.redo, h("span", { class: "gap" }),
      h("label", { class: "choice" }, t("tags.status"), " ", this.status), this.secrets), this.notices,
    h("div", { class: "split" }, h("div", { class: "tagbox" }, this.columns, this.form, h("details", { class: "source", open: memory.source, ontoggle: (e) => { memory.source = e.target.open; } }, h("summary", {}, t("tags.source")), this.area,
      h("button", { onclick: () => this.app.edit("tags.text", { text: this.area.value }) }, t("text.apply")))),
    h("aside", { class: "findings", "aria-label": t("findings") }, h("h2", {}, t("findings")), this.cards)));
    this.vet = later(() => this.check(), 100);
  }

  async edit(...ops) { return this.app.edit("tags.edit", { ops }); }

  async addRule() {
    if (!await this.edit({ op: "add" })) return;
    this.added = this.app.state.rev;
    this.begin();
  }

  /** begin moves the focus into a rule that was added, once it is drawn. */
  begin() {
    if (this.added === undefined || this.tags?.rev !== this.added) return;
    this.added = undefined;
    this.table.lastElementChild?.querySelector("input")?.focus();
  }

  async changed() {
    const s = this.app.state;
    if (!s.tags) return this.app.show();
    const answer = await ask("tags");
    if (this.gone || answer.rev !== this.app.state.rev) return;
    this.tags = answer;
    this.undo.disabled = !s.tagsUndo;
    this.redo.disabled = !s.tagsRedo;
    this.draw();
    this.vet();
  }

  draw() {
    const a = this.tags;
    if (!a) return;
    this.add.disabled = this.status.disabled = Boolean(a.written);
    fill(this.status, [["ENABLED", "tags.on"], ["DISABLED", "tags.off"]].map(([value, key]) => h("option", { value, selected: value === a.status || (value === "ENABLED" && !a.status) }, t(key))));
    fill(this.columns, (this.app.state.columns ?? []).map((c) => h("option", { value: c })));
    fill(this.notices,
      a.written ? h("p", { class: "notice" }, icon("info"), t("tags.written", { reason: a.written })) : null,
      a.status === "DISABLED" ? h("p", { class: "notice bad" }, icon("warning"), t("tags.open")) : null,
      a.error ? h("p", { class: "notice bad", role: "alert" }, icon("error"), t("tags.refused")) : null);
    this.form.hidden = Boolean(a.written);
    // Cells that are there stay: somebody may be writing into one.
    if (this.cells?.length !== a.rules.length * fields.length || !a.rules.length) {
      this.cells = [];
      fill(this.table, a.rules.map((_, i) => this.row(i)), a.rules.length ? null : h("tr", {}, h("td", { colspan: "5", class: "muted" }, t("tags.empty"))));
    }
    for (const cell of this.cells) this.mark(cell);
    this.begin();
    fill(this.lists, this.drawLists());
    if (document.activeElement !== this.area) this.area.value = a.text;
  }

  /** mark shows what a cell says now, and what was found there. */
  mark(at) {
    const { cell, input, flag, i, f, text } = at;
    const found = (this.found ?? []).filter((x) => x.row === i && x.col === fields.indexOf(f)), worst = found[0]?.severity;
    if (document.activeElement !== input || input.value === at.last) input.value = text();
    at.last = text();
    input.classList.toggle("secret", f === "MatchAllValue" && !this.memory.shown);
    cell.className = worst ? "has " + worst : "";
    worst ? input.setAttribute("aria-describedby", flag.id) : input.removeAttribute("aria-describedby");
    fill(flag, worst ? [icon(worst), h("span", { class: "unseen" }, t("severity." + worst) + ": " + found[0].reason)] : null);
  }

  row(i) {
    const cell = (f) => {
      const name = named[f], text = () => this.tags.rules[i]?.[name] ?? "";
      let sent = null; // Tab says so once, and leaving the field once more
      const done = () => {
        if (input.value === text() || input.value === sent || !input.isConnected) return;
        sent = input.value;
        this.edit({ op: "set", rule: i, field: f, text: sent }).then(() => { sent = null; });
      };
      const input = h("input", { type: "text", list: f === "ColumnName" ? "tag-columns" : null, autocomplete: "off", spellcheck: "false", value: text(),
        "aria-label": t("tags.cell", { field: t("tags." + name), n: i + 1 }), placeholder: t("tags." + name + ".none"), onblur: done,
        onkeydown: (e) => { if (e.key === "Enter" || e.key === "Tab") done(); else if (e.key === "Escape") input.value = text(); } });
      const flag = h("span", { class: "flag", id: `tag-note-${i}-${name}` });
      const td = h("td", { id: `tag-${i}-${name}` }, h("div", {}, input, flag));
      this.cells.push({ cell: td, input, flag, i, f, text });
      return td;
    };
    return h("tr", { "data-rule": i }, fields.map(cell), h("td", {}, h("button", { class: "plain", "data-keep": `remove-rule-${i}`, "aria-label": t("tags.removerule", { n: i + 1 }), onclick: () => this.edit({ op: "remove", rule: i }) }, icon("trash"))));
  }

  drawLists() {
    const a = this.tags, keys = [...new Set(a.rules.map((r) => r.key).filter(Boolean))];
    const head = [h("h2", {}, t("tags.lists")), h("p", { class: "muted" }, t(a.lists.length ? "tags.lists.some" : "tags.lists.all"))];
    const add = h("button", { "data-keep": "add-list", disabled: !keys.length, onclick: () => this.edit({ op: "addlist", keys: a.lists.length ? keys.slice(0, 1) : keys }) }, icon("add"), t("tags.lists.add"));
    return [head, a.lists.map((list, i) => {
      const found = (this.found ?? []).filter((x) => x.list === i + 1);
      return h("fieldset", { class: "keylist" + (found[0] ? " has " + found[0].severity : "") }, h("legend", {}, t("tags.list", { n: i + 1 })),
        [...new Set([...keys, ...list])].map((key) => h("label", { class: "tick" }, h("input", { type: "checkbox", checked: list.includes(key), "data-keep": `list-${i}-${key}`,
          onchange: (e) => { const next = e.target.checked ? [...list, key] : list.filter((k) => k !== key); this.edit(next.length ? { op: "list", list: i, keys: next } : { op: "removelist", list: i }); } }), h("bdi", {}, key))),
        h("button", { class: "plain", "data-keep": `remove-list-${i}`, "aria-label": t("tags.lists.remove", { n: i + 1 }), onclick: () => this.edit({ op: "removelist", list: i }) }, icon("trash")));
    }), add];
  }

  async check() {
    if (this.gone) return;
    try {
      const found = await ask("findings");
      if (this.gone || found.rev !== this.app.state.rev) return;
      const order = { error: 0, warning: 1, info: 2 };
      this.found = found.findings.filter((f) => f.file === "tags").sort((a, b) => order[a.severity] - order[b.severity]);
      fill(this.cards, this.found.length ? this.found.map((f) => findingCard(this.app, f, f.row >= 0 ? () => this.element.querySelector(`#tag-${f.row}-${named[fields[f.col]]} input`)?.focus() : null))
        : h("div", { class: "empty small" }, icon("check"), h("p", {}, t("findings.none")), this.app.state.data ? null : h("p", { class: "muted" }, t("findings.data"))));
      this.draw();
      this.element.dataset.vetted = found.rev;
    } catch (error) { fill(this.cards, h("p", { class: "notice bad" }, problemText(error))); }
  }
}
