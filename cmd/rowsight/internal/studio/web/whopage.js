import { h, fill, icon, later } from "./dom.js";
import { ask } from "./api.js";
import { t, number, percent } from "./i18n.js";
import { Rows, Windows } from "./rows.js";
import { words } from "./words.js";
import { problemText } from "./app.js";

/** whoPage shows viewers and values, with how many rows each viewer sees. */
export function whoPage(app, memory) {
  const element = h("section", { class: "whopage" });
  memory.field ??= 0;
  memory.sort ??= "name";
  memory.text ??= "";
  if (!memory.by || (memory.by === "session" && !app.state.tags)) memory.by = app.state.rules || !app.state.tags ? "user" : "session";
  const page = new WhoPage(app, memory, element);
  return { element, changed: () => page.changed(), leave: () => page.leave() };
}

class WhoPage {
  constructor(app, memory, element) {
    Object.assign(this, { app, memory, element });
    this.figures = h("dl", { class: "figures" });
    this.fields = h("div", { class: "segments", role: "radiogroup", "aria-label": t("who.columns") });
    this.viewport = h("div", { class: "heat", role: "grid", tabindex: "0", "aria-label": t("page.who"), "aria-readonly": "true", onkeydown: (e) => this.walk(e), onclick: (e) => this.point(e) });
    this.head = h("div", { class: "heathead", role: "row", "aria-rowindex": "1" });
    this.totals = h("div", { class: "heatrow totals", role: "row", "aria-rowindex": "2" });
    this.viewport.append(h("div", { role: "rowgroup", class: "sticky" }, this.head, this.totals));
    this.rows = new Rows(this.viewport, 36, (i) => this.row(i));
    this.windows = new Windows((from, len, signal) => ask("exposure.rows", { by: memory.by, field: memory.field, sort: memory.sort, text: memory.text, from, len }, signal).then((a) => { if (a.len !== this.rows.count) this.rows.setCount(a.len); return a.rows; }),
      (from, n, error) => { if (error) this.app.say(error); for (let i = from; i < from + n; i++) this.rows.renew(i); if (n) this.element.dataset.shown = "true"; });
    this.drawer = h("aside", { class: "drawer", hidden: true, "aria-label": t("view.details") });
    this.problem = h("div", {});
    this.tools = h("div", { class: "toolbar" }, this.fields, h("span", { class: "gap" }),
      h("div", { class: "searchbox" }, icon("search"), h("input", { type: "search", "aria-label": t("who.find"), placeholder: t("who.find"), value: memory.text, oninput: later((e) => { memory.text = e.target.value; this.again(); }, 150) })),
      h("label", { class: "choice" }, t("who.sort"), " ", h("select", { onchange: (e) => { memory.sort = e.target.value; this.again(); } }, ["name", "most", "least"].map((s) => h("option", { value: s, selected: memory.sort === s }, t("who.sort." + s))))));
    const both = app.state.rules && app.state.tags ? h("div", { class: "segments", role: "radiogroup", "aria-label": t("view.kind") }, [["user", "who.users"], ["session", "who.sessions"]].map(([by, key]) => h("button", { role: "radio", "aria-checked": memory.by === by ? "true" : "false", onclick: () => { memory.by = by; app.show(); } }, t(key)))) : null;
    fill(element, both, this.problem, this.figures, this.tools, h("div", { class: "split" }, h("div", { class: "gridbox" }, this.viewport), this.drawer), h("p", { class: "legend", "aria-hidden": "true" }, t("who.legend"), [0, 1, 2, 3, 4, 5].map((n) => h("span", { class: "swatch h" + n }))));
  }

  async changed() {
    this.element.setAttribute("aria-busy", "true");
    const turn = this.turn = (this.turn ?? 0) + 1;
    try { const report = await ask("exposure", { by: this.memory.by }); if (turn !== this.turn) return; this.report = report; fill(this.problem); this.hide(false); } catch (error) {
      this.hide(true);
      fill(this.problem, h("div", { class: "empty" }, icon("who"), h("h2", {}, t(error.code === "no-data" ? "who.nodata" : "who.cannot")), h("p", {}, problemText(error)), error.code === "no-data" ? h("button", { class: "main", onclick: () => this.app.open("data") }, t("file.data.open")) : null));
      return;
    } finally { this.element.removeAttribute("aria-busy"); }
    const r = this.report;
    if (this.memory.by === "session" && !r.viewers) {
      this.hide(true);
      const find = async () => { try { await ask("sessions.find"); this.app.set(await ask("state")); } catch (error) { this.app.say(error); } };
      fill(this.problem, h("div", { class: "empty" }, icon("who"), h("h2", {}, t("session.none")), h("p", {}, t("session.none.text")), h("button", { class: "main", onclick: find }, icon("search"), t("session.find"))));
      return;
    }
    const figure = (label, n, about, className = "") => h("div", { class: className }, h("dt", {}, label), h("dd", {}, number(n), about ? h("small", {}, about) : null));
    fill(this.figures, figure(t("who.viewers"), r.viewers), figure(t("who.rows"), r.rows), figure(t("who.everybody"), r.everybody, percent(r.everybody, r.rows), r.everybody ? "warn" : ""), figure(t("who.nobodys"), r.nobody, percent(r.nobody, r.rows), r.nobody ? "warn" : ""));
    this.memory.field = Math.max(0, Math.min(this.memory.field, r.fields.length - 1));
    fill(this.fields, r.fields.map((f, i) => h("button", { role: "radio", "data-keep": "field-" + f.name, "aria-checked": i === this.memory.field ? "true" : "false", onclick: () => { this.memory.field = i; this.changed(); } }, f.name)));
    const values = r.fields[this.memory.field]?.values ?? [];
    const width = (v) => Math.min(150, Math.max(84, 34 + 9 * this.name(v).length));
    this.viewport.style.setProperty("--columns", `170px 96px ${values.map((v) => Math.round(width(v)) + "px").join(" ")}`);
    this.viewport.style.setProperty("--width", 266 + values.reduce((sum, v) => sum + Math.round(width(v)), 0) + "px");
    fill(this.head, h("div", { role: "columnheader" }, t("who.viewer")), h("div", { role: "columnheader", class: "n" }, t("who.total")), values.map((v) => h("div", { role: "columnheader", class: "n", title: this.name(v) }, h("bdi", {}, this.name(v)))));
    fill(this.totals, h("div", { role: "rowheader" }, t("who.all")), h("div", { role: "gridcell", class: "n" }, number(r.rows)), values.map((v) => h("div", { role: "gridcell", class: "n" }, number(v.rows), v.nobody ? h("small", { class: "flagged", title: t("who.value.nobody", { n: v.nobody }) }, icon("hidden"), number(v.nobody)) : null)));
    this.viewport.setAttribute("aria-rowcount", r.viewers + 2);
    this.rows.count = r.viewers;
    await this.again();
  }

  hide(yes) { for (const el of [this.figures, this.tools, this.viewport.parentElement.parentElement, this.element.lastElementChild]) el.hidden = yes; }

  async again() {
    this.windows.forget();
    this.viewport.scrollTop = 0;
    this.drawer.hidden = true;
    this.rows.clear();
    await this.windows.first();
    this.rows.setCount(this.rows.count || this.report.viewers);
  }

  name(v) { return v.null ? t("novalue") : v.others ? t("who.others", { n: v.others }) : v.text; }

  row(i) {
    const r = this.windows.get(i);
    const el = h("div", { role: "row", class: "heatrow", "aria-rowindex": i + 3, "data-at": i });
    if (!r) { el.append(h("div", { role: "rowheader" }, "…")); return el; }
    const values = this.report.fields[this.memory.field]?.values ?? [];
    el.dataset.name = r.name;
    el.append(h("div", { role: "rowheader", "data-value": -1 }, h("bdi", { class: "name" }, r.name), r.kind === "group" ? h("small", {}, t("view.member")) : r.unlisted ? h("small", {}, t("who.unlisted")) : null),
      h("div", { role: "gridcell", class: "n total", "data-value": -1 }, number(r.rows), h("span", { class: "bar" }, h("span", { style: { width: (100 * r.rows) / Math.max(1, this.report.rows) + "%" } }))));
    if (r.error) { el.append(h("div", { role: "gridcell", class: "refused" }, r.error)); return el; }
    r.seen.forEach((n, k) => {
      const share = values[k]?.rows ? n / values[k].rows : 0;
      const shade = n === 0 ? 0 : Math.max(1, Math.ceil(share * 5));
      el.append(h("div", { role: "gridcell", class: `n h${shade}` + (this.picked === i + ":" + k ? " at" : ""), "data-value": k, title: t("who.cell", { n, rows: values[k]?.rows ?? 0 }) }, n ? number(n) : h("span", { class: "zero" }, "0")));
    });
    return el;
  }

  point(e) {
    const cell = e.target.closest("[data-value]"), row = e.target.closest("[data-at]");
    if (cell && row) this.pick(Number(row.dataset.at), Number(cell.dataset.value));
  }

  walk(e) {
    if (e.target !== this.viewport) return;
    const [row, value] = (this.picked ?? "-1:-1").split(":").map(Number);
    const values = this.report?.fields[this.memory.field]?.values.length ?? 0;
    const to = { ArrowDown: [row + 1, value], ArrowUp: [row - 1, value], ArrowRight: [Math.max(0, row), value + 1], ArrowLeft: [Math.max(0, row), value - 1], Enter: [Math.max(0, row), value] }[e.key];
    if (e.key === "Escape") { this.drawer.hidden = true; return; }
    if (!to) return;
    e.preventDefault();
    this.pick(Math.max(0, Math.min(this.rows.count - 1, to[0])), Math.max(-1, Math.min(values - 1, to[1])));
  }

  async pick(i, k) {
    const old = this.picked?.split(":")[0];
    this.picked = i + ":" + k;
    this.rows.show(i);
    if (old !== undefined) this.rows.renew(Number(old));
    this.rows.renew(i);
    const r = this.windows.get(i), field = this.report.fields[this.memory.field], v = field?.values[k];
    if (!r) return;
    const go = (row) => h("button", { class: "plain link", onclick: () => this.app.go("rules", { cell: { row, col: 0 } }) }, t("rule", { n: row + 1 }));
    this.drawer.hidden = false;
    const body = h("div", {});
    fill(this.drawer, h("header", {}, h("h2", {}, h("bdi", {}, r.name)), h("button", { class: "plain", "aria-label": t("close"), onclick: () => { this.drawer.hidden = true; this.viewport.focus(); } }, icon("close"))),
      h("p", { class: "figure" }, h("strong", {}, number(v ? r.seen[k] ?? 0 : r.rows)), h("span", {}, " ", v ? t("who.ofvalue", { n: v.rows, column: field.name, value: this.name(v) }) : t("view.of", { n: this.report.rows }))), body,
      r.kind === "session" ? h("button", { onclick: () => this.viewSession(r.name) }, icon("view"), t("session.view")) : h("button", { onclick: () => this.app.go("view", { kind: "user", user: r.name, group: r.kind === "group", groups: [] }) }, icon("view"), t("who.view")));
    if (r.kind === "session") { fill(body, r.error ? h("p", { class: "notice bad" }, r.error) : null); this.drawer.dataset.picked = this.picked; return; }
    if (!v || v.others) { fill(body, h("h3", {}, t("who.rules")), r.by.length ? h("ul", {}, r.by.slice(0, 50).map((n) => h("li", {}, go(n)))) : h("p", {}, t("why.noRule"))); return; }
    try {
      const a = await ask("exposure.rules", { viewer: r.name, column: field.name, value: v.null ? "" : v.text });
      const mine = a.viewers.filter((x) => x.kind === r.kind);
      fill(body, h("h3", {}, t("who.rules")), mine.length ? mine.map((x) => [h("ul", {}, x.rules.map((n) => h("li", {}, go(n)))), x.rows ? h("ul", { class: "words" }, words(x.rows).map((w) => h("li", {}, w))) : null]) : h("p", {}, t("who.norule")));
      this.drawer.dataset.picked = this.picked;
    } catch (error) { fill(body, h("p", { class: "notice bad" }, problemText(error))); }
  }

  async viewSession(name) {
    const s = (await ask("sessions")).sessions.find((x) => x.name === name);
    if (s) this.app.go("view", { kind: "session", session: name, tags: Object.fromEntries(s.tags.map((x) => [x.Key, x.Value])) });
  }

  leave() { this.rows.end(); }
}
