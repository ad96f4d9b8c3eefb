import { h, fill, icon, download } from "./dom.js";
import { ask } from "./api.js";
import { t, number, list } from "./i18n.js";
import { problemText } from "./app.js";

/** tagChanges shows which sessions gain and lose rows by the edited tag rules, and saves them. */
export function tagChanges(app, memory, element) {
  const top = h("div", { class: "changestop" }), body = h("div", { class: "differences" }), bottom = h("footer", { class: "savebar" });
  fill(element, top, body, bottom);
  memory.acceptedTags ??= new Set();
  memory.ask ??= true;
  let changes = null;

  async function changed() {
    element.setAttribute("aria-busy", "true");
    try { const answer = await ask("tags.diff"); if (answer.rev !== app.state.rev) return; changes = answer; } catch (error) { fill(body, h("p", { class: "notice bad" }, problemText(error))); return; } finally { element.removeAttribute("aria-busy"); }
    draw();
    element.dataset.rev = changes.rev;
  }

  const open = () => changes.gains.filter((g) => !memory.acceptedTags.has(g.id));

  function draw() {
    const c = changes, none = !c.gains.length && !c.losses.length;
    fill(top,
      c.new ? h("div", { class: "notice bad", role: "alert" }, icon("error"), h("div", {}, h("strong", {}, t("tags.changes.refused")), h("pre", {}, c.new))) : null,
      c.old ? h("p", { class: "notice" }, icon("info"), t("tags.changes.unread")) : null,
      none ? h("div", { class: "empty" }, icon("check"), h("h2", {}, t(c.same ? "changes.none" : "tags.changes.equal")), h("p", {}, t(c.same ? "changes.none.text" : "tags.changes.equal.text")))
        : h("p", { class: "lead" }, t("tags.changes.lead", { gained: c.gains.length, lost: c.losses.length })));
    fill(body, c.gains.map((p) => part("gain", p)), c.losses.map((p) => part("loss", p)),
      c.sessions.length ? [h("h2", {}, t("tags.changes.sessions")), c.sessions.map(session)] : !none && c.hasData && app.state.sessions ? h("p", { class: "muted" }, t("tags.changes.nosession")) : null);
    drawBar();
  }

  function part(kind, p) {
    const tick = kind === "gain" ? h("label", { class: "tick" }, h("input", { type: "checkbox", "data-keep": "accept-" + p.id, checked: memory.acceptedTags.has(p.id), onchange: (e) => { e.target.checked ? memory.acceptedTags.add(p.id) : memory.acceptedTags.delete(p.id); drawBar(); } }), t("tags.changes.accept")) : null;
    const value = (x) => (x.secret ? h("i", {}, t(x.matchAll ? "tags.changes.matchall" : "tags.changes.secret")) : h("bdi", {}, x.value));
    const witness = Object.entries(p.witness ?? {});
    return h("article", { class: "difference", "data-keys": p.keys.join("\n"), "data-kind": kind },
      h("header", {}, h("div", { class: "chips" }, p.open ? h("span", { class: "chip" }, t("tags.changes.every")) : p.keys.map((k) => h("span", { class: "chip" }, icon("tags"), h("bdi", {}, k)))), tick),
      h("div", { class: "halves" }, h("div", { class: kind },
        h("h2", {}, h("span", { class: "sign", "aria-hidden": "true" }, kind === "gain" ? "+" : "−"), t(p.open ? `tags.changes.${kind}.open` : `tags.changes.${kind}`, { keys: list(p.keys) })),
        p.tags.length ? h("p", {}, t("tags.changes.example"), " ", p.tags.map((x, i) => [i ? ", " : "", h("bdi", {}, x.key), " = ", value(x)])) : p.open ? null : h("p", {}, t("tags.changes.unproven")),
        witness.length ? h("p", {}, t("tags.changes.row"), " ", witness.map(([column, text], i) => [i ? ", " : "", h("bdi", {}, column), " = ", h("bdi", {}, text)])) : null)));
  }

  function session(s) {
    const half = (kind, n, rows) => n ? h("div", { class: kind }, h("h2", {}, h("span", { class: "sign", "aria-hidden": "true" }, kind === "gain" ? "+" : "−"), t(`changes.${kind}.rows`, { n })),
      h("ul", { class: "words" }, rows.map((r) => h("li", {}, t("row", { n: r.row }), ": ", Object.entries(r.values).map(([c, v], i) => [i ? ", " : "", h("bdi", {}, c), " = ", h("bdi", {}, v)]), r.count > 1 ? " · " + t("changes.count") + " " + number(r.count) : "")))) : null;
    return h("article", { class: "difference", "data-session": s.name, "data-gained": s.gained, "data-lost": s.lost }, h("header", {}, h("div", { class: "chips" }, h("span", { class: "chip" }, icon("user"), h("bdi", {}, s.name)))),
      h("div", { class: "halves" }, half("gain", s.gained, s.gainedRows), half("loss", s.lost, s.lostRows), s.gained || s.lost ? null : h("p", { class: "muted" }, t("changes.idle"))));
  }

  function drawBar() {
    const s = app.state, waiting = open().length;
    bottom.hidden = !s.tagsDirty;
    fill(bottom,
      changes.gains.length > 1 ? h("label", { class: "tick" }, h("input", { type: "checkbox", "data-keep": "accept-all", checked: waiting === 0, indeterminate: waiting > 0 && waiting < changes.gains.length, onchange: (e) => { for (const g of changes.gains) e.target.checked ? memory.acceptedTags.add(g.id) : memory.acceptedTags.delete(g.id); draw(); } }), t("changes.all")) : null,
      h("label", { class: "tick" }, h("input", { type: "checkbox", "data-keep": "ask", checked: memory.ask, onchange: (e) => { memory.ask = e.target.checked; drawBar(); } }), t("changes.ask")), h("span", { class: "gap" }),
      h("p", { id: "save-note" }, waiting && memory.ask ? [icon("warning"), t("changes.waiting", { n: waiting })] : s.tags.path ? t("changes.to", { path: s.tags.path }) : t("changes.download")),
      h("button", { class: "main", id: "save", "data-keep": "save", "aria-describedby": "save-note", disabled: waiting > 0 && memory.ask, onclick: () => save(false) }, icon("save"), t(s.tags.path ? "changes.save" : "changes.downloadbutton")));
  }

  async function save(refused) {
    try {
      const a = await ask("tags.save", { rev: app.state.rev, accept: [...memory.acceptedTags], unchecked: !memory.ask, refused });
      if (a.download !== undefined) download(a.name, a.download, "application/json");
      memory.acceptedTags.clear();
      app.set(a.state);
      app.say(a.path ? t(a.backup ? "saved.backup" : "saved", { path: a.path, backup: a.backup ?? "" }) : t("saved.download", { name: a.name }));
    } catch (error) {
      if (error.code === "refused-tags" && !refused) { if (confirm(t("tags.changes.saverefused"))) return save(true); return; }
      app.say(error);
      if (error.code === "stale" || error.code === "gains") { app.set(await ask("state")); changed(); }
    }
  }

  return changed;
}
