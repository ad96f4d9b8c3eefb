import { h, fill, icon, download } from "./dom.js";
import { ask } from "./api.js";
import { t, number, list } from "./i18n.js";
import { words } from "./words.js";
import { problemText } from "./app.js";
import { tagChanges } from "./tagchanges.js";

/** changesPage shows who gains and loses rows, and saves. */
export function changesPage(app, memory) {
  const element = h("section", { class: "changespage" }), s = app.state;
  // With rules and tag rules, one of the two is shown.
  const what = memory.what && s[memory.what] ? memory.what : s.rules && (s.dirty || !s.tagsDirty) ? "rules" : s.tags ? "tags" : "rules";
  const both = s.rules && s.tags ? h("div", { class: "segments", role: "radiogroup", "aria-label": t("changes.what") }, ["rules", "tags"].map((name) => h("button", { role: "radio", "aria-checked": what === name ? "true" : "false", onclick: () => { memory.what = name; app.show(); } }, t("file." + name), s[name === "rules" ? "dirty" : "tagsDirty"] ? h("small", {}, " " + t("unsaved")) : null))) : null;
  if (what === "tags") {
    const inner = h("div", { class: "changesbody" });
    fill(element, both, inner);
    return { element, changed: tagChanges(app, memory, inner) };
  }
  if (!app.state.rules) {
    fill(element, h("div", { class: "empty" }, icon("changes"), h("h2", {}, t("rules.none"))));
    return { element };
  }
  memory.against ??= "saved";
  memory.accepted ??= new Set();
  memory.ask ??= true;
  const top = h("div", { class: "changestop" }), body = h("div", { class: "differences" }), bottom = h("footer", { class: "savebar" });
  fill(element, both, top, body, bottom);
  let changes = null;

  async function changed() {
    const s = app.state;
    if (memory.against === "file" && !s.against) memory.against = "saved";
    element.setAttribute("aria-busy", "true");
    const asked = memory.against;
    try { const answer = await ask("diff", { against: asked }); if (asked !== memory.against || answer.rev !== app.state.rev) return; changes = answer; } catch (error) { fill(body, h("p", { class: "notice bad" }, problemText(error))); return; } finally { element.removeAttribute("aria-busy"); }
    draw();
    element.dataset.rev = changes.rev;
  }

  function draw() {
    const s = app.state, d = changes.result.differences;
    const hasData = changes.result.rows !== undefined;
    const gained = d.filter((x, i) => (hasData ? x.gained : changes.gains[i])).length, lost = d.filter((x) => (hasData ? x.lost : x.losses.length || x.newLimit)).length;
    fill(top,
      s.against ? h("div", { class: "segments", role: "radiogroup", "aria-label": t("changes.against") }, [["saved", t("changes.saved")], ["file", s.against.name]].map(([key, text]) => h("button", { role: "radio", "data-keep": "against-" + key, "aria-checked": memory.against === key ? "true" : "false", onclick: () => { memory.against = key; changed(); } }, text))) : null,
      changes.new ? h("div", { class: "notice bad", role: "alert" }, icon("error"), h("div", {}, h("strong", {}, t("changes.refused")), h("pre", {}, changes.new))) : null,
      changes.old ? h("p", { class: "notice" }, icon("info"), t("changes.unread")) : null,
      hasData ? null : h("p", { class: "notice" }, icon("info"), t("changes.nodata")),
      d.length ? h("p", { class: "lead" }, t("changes.lead", { gained, lost, viewers: changes.result.viewers })) : h("div", { class: "empty" }, icon("check"), h("h2", {}, t(changes.same ? "changes.none" : "changes.equal")), h("p", {}, t(changes.same ? "changes.none.text" : "changes.equal.text"))));
    fill(body, d.slice(0, 200).map((x, i) => difference(x, i, hasData)), d.length > 200 ? h("p", {}, t("words.more", { n: d.length - 200 })) : null);
    drawBar();
  }

  function open() { return changes.keys.filter((k, i) => changes.gains[i] && !memory.accepted.has(k)); }

  function drawBar() {
    const s = app.state, waiting = memory.against === "saved" ? open().length : 0;
    const gains = changes.keys.filter((_, i) => changes.gains[i]);
    bottom.hidden = memory.against !== "saved" || !s.dirty;
    fill(bottom,
      gains.length > 1 ? h("label", { class: "tick" }, h("input", { type: "checkbox", "data-keep": "accept-all", checked: waiting === 0, indeterminate: waiting > 0 && waiting < gains.length, onchange: (e) => { for (const k of gains) e.target.checked ? memory.accepted.add(k) : memory.accepted.delete(k); draw(); } }), t("changes.all")) : null,
      h("label", { class: "tick" }, h("input", { type: "checkbox", "data-keep": "ask", checked: memory.ask, onchange: (e) => { memory.ask = e.target.checked; drawBar(); } }), t("changes.ask")),
      h("span", { class: "gap" }),
      waiting && memory.ask ? h("p", { id: "save-note" }, icon("warning"), t("changes.waiting", { n: waiting })) : h("p", { id: "save-note" }, s.rules.path ? t(s.rules.imported ? "changes.beside" : "changes.to", { path: s.rules.path }) : t("changes.download")),
      h("button", { class: "main", id: "save", "data-keep": "save", "aria-describedby": "save-note", disabled: waiting > 0 && memory.ask, onclick: () => save(false) }, icon("save"), t(s.rules.path ? "changes.save" : "changes.downloadbutton")));
  }

  function difference(d, i, hasData) {
    const names = d.viewers.slice(0, 12).map((v) => h("span", { class: "chip" }, icon("user"), h("bdi", {}, v.name), v.kind === "group" ? h("small", {}, " " + t("view.member")) : null));
    const tick = changes.gains[i] && memory.against === "saved" ? h("label", { class: "tick" }, h("input", { type: "checkbox", "data-keep": "accept-" + changes.keys[i], checked: memory.accepted.has(changes.keys[i]), onchange: (e) => { e.target.checked ? memory.accepted.add(changes.keys[i]) : memory.accepted.delete(changes.keys[i]); drawBar(); } }), t("changes.accept", { n: d.viewers.length })) : null;
    const half = (kind, parts, count, rows, limit) => parts.length || limit ? h("div", { class: kind + (hasData && !count && !limit ? " idle" : "") },
      h("h2", {}, h("span", { class: "sign", "aria-hidden": "true" }, kind === "gain" ? "+" : "−"), hasData ? t("changes." + kind + ".rows", { n: count }) : t("changes." + kind)),
      h("ul", { class: "words" }, parts.slice(0, 6).map((p) => words(p.rows).slice(0, 4).map((w) => h("li", {}, w)))), parts.length > 6 ? h("p", {}, t("words.more", { n: parts.length - 6 })) : null,
      hasData && !count && !limit ? h("p", {}, t("changes.idle")) : null,
      limit ? h("p", { class: "notice bad" }, limit) : null,
      rows?.length ? h("table", { class: "samples" }, h("caption", {}, t("changes.examples")), h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("row.number")), columns(rows).map((c) => h("th", { scope: "col" }, c)), h("th", { scope: "col" }, t("changes.count")))),
        h("tbody", {}, rows.map((r) => h("tr", {}, h("td", {}, number(r.row)), columns(rows).map((c) => h("td", { dir: "auto" }, r.values[c] ?? h("span", { class: "novalue" }, t("novalue")))), h("td", {}, number(r.count)))))) : null) : null;
    return h("article", { class: "difference", "data-viewers": d.viewers.map((v) => v.name).join("\n"), "data-gained": d.gained ?? "", "data-lost": d.lost ?? "" },
      h("header", {}, h("div", { class: "chips" }, names, d.viewers.length > 12 ? h("span", { class: "chip more" }, t("words.more", { n: d.viewers.length - 12 })) : null), tick),
      h("div", { class: "halves" }, half("gain", d.gains, d.gained, d.gainedRows, d.newLimit ? "" : d.oldLimit), half("loss", d.losses, d.lost, d.lostRows, d.newLimit)));
  }

  const columns = (rows) => [...new Set(rows.flatMap((r) => Object.keys(r.values)))].sort();

  async function save(refused) {
    try {
      const a = await ask("save", { rev: app.state.rev, accept: [...memory.accepted], unchecked: !memory.ask, refused });
      if (a.download !== undefined) download(a.name, a.download, "text/csv");
      memory.accepted.clear();
      app.set(a.state);
      app.say(a.path ? t(a.backup ? "saved.backup" : "saved", { path: a.path, backup: a.backup ?? "" }) : t("saved.download", { name: a.name }));
    } catch (error) {
      if (error.code === "refused-rules" && !refused) { if (confirm(t("changes.saverefused"))) return save(true); return; }
      app.say(error);
      if (error.code === "stale" || error.code === "gains") { app.set(await ask("state")); changed(); }
    }
  }

  return { element, changed };
}
