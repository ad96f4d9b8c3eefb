import { h, fill, icon, later, download } from "./dom.js";
import { ask } from "./api.js";
import { t } from "./i18n.js";
import { problemText } from "./app.js";

/** casesPage runs the test cases of the rules. */
export function casesPage(app) {
  const element = h("section", { class: "casespage" });
  const top = h("div", { class: "toolbar" }), results = h("div", { class: "results", "aria-live": "polite" });
  const area = h("textarea", { class: "code", spellcheck: "false", "aria-label": t("cases.text"), wrap: "off", oninput: later(async () => { await ask("cases.text", { text: area.value }); draw(); run(false); }, 500) });
  fill(element, top, h("div", { class: "two" }, results, h("details", { class: "source" }, h("summary", {}, t("cases.source")), area)));
  let file = null, busy = false;

  async function changed() {
    file = await ask("cases");
    area.value = file.text;
    draw();
    if (file.text.trim()) await run(false);
    else fill(results, h("div", { class: "empty" }, icon("cases"), h("h2", {}, t("cases.none")), h("p", {}, t("cases.none.text")), h("button", { class: "main", onclick: () => app.go("view") }, icon("view"), t("cases.make"))));
  }

  async function draw() {
    file = await ask("cases");
    fill(top, h("button", { onclick: () => run(false), disabled: !file.text.trim() }, icon("check"), t("cases.run")),
      h("button", { onclick: () => run(true), disabled: !file.text.trim() }, icon("search"), t("cases.mutate")),
      h("span", { class: "gap" }), h("span", { class: "muted" }, file.path ?? file.name, file.dirty ? " · " + t("unsaved") : ""),
      h("button", { class: "main", disabled: !file.dirty, onclick: save }, icon("save"), t("cases.save")));
  }

  async function save() {
    try {
      const a = await ask("cases.save");
      if (a.download !== undefined) download(a.name, a.download, "application/yaml");
      app.say(a.path ? t("saved", { path: a.path }) : t("saved.download", { name: a.name }));
    } catch (error) { app.say(error); }
    draw();
  }

  async function run(mutate) {
    if (busy) return;
    busy = true;
    element.setAttribute("aria-busy", "true");
    try { show(await ask("cases.run", { mutate })); } catch (error) { fill(results, h("div", { class: "notice bad", role: "alert" }, icon("error"), h("div", {}, h("strong", {}, t("cases.bad")), h("pre", {}, problemText(error))))); }
    busy = false;
    element.removeAttribute("aria-busy");
  }

  function show({ report, rules }) {
    const f = report.files[0];
    const rule = (m) => h("button", { class: "plain link", onclick: () => app.go("rules", { cell: { row: rules[m.line] ?? 0, col: 0 } }) }, t("rule", { n: (rules[m.line] ?? 0) + 1 }));
    fill(results,
      h("p", { class: "lead" + (f.ok ? " good" : " bad") }, icon(f.ok ? "check" : "error"), t("cases.lead", { passed: report.passed, failed: report.failed })),
      f.problems.map((p) => h("p", { class: "notice bad" }, p)),
      h("ul", { class: "cases" }, f.cases.map((c) => h("li", { class: c.status }, icon(c.status === "passed" ? "check" : "error"), h("div", {}, h("strong", {}, c.name), h("small", {}, t("cases." + c.status) + " · " + t("rows", { n: c.visible })), c.because ? h("p", {}, c.because) : null,
        c.reasons.map((r) => h("p", { class: "reason" }, t("cases.reason", { check: r.check, expected: r.expected, got: r.got }), r.rows.length ? h("ul", {}, r.rows.map((x) => h("li", {}, x))) : null)), c.warnings.map((w) => h("p", { class: "reason" }, w)))))),
      h("h2", {}, t("cases.coverage", { n: f.coverage.exercised, rules: f.coverage.rules })),
      h("div", { class: "meter", role: "img", "aria-label": t("cases.coverage", { n: f.coverage.exercised, rules: f.coverage.rules }) }, h("span", { style: { width: (100 * f.coverage.exercised) / Math.max(1, f.coverage.rules) + "%" } })),
      f.coverage.missing.length ? h("ul", { class: "plainlist" }, f.coverage.missing.slice(0, 100).map((m) => h("li", {}, rule(m), " ", m.rule, " — ", h("span", { class: "muted" }, m.reason)))) : null,
      f.mutation ? [h("h2", {}, t("cases.mutants", { tried: f.mutation.tried, killed: f.mutation.killed })), f.mutation.survivors.length ? [h("p", {}, t("cases.survivors")), h("ul", { class: "plainlist" }, f.mutation.survivors.slice(0, 100).map((m) => h("li", {}, rule(m), " ", m.what)))] : h("p", {}, t("cases.allkilled"))] : h("p", { class: "muted" }, t("cases.mutate.text")));
    element.dataset.passed = report.passed;
    element.dataset.failed = report.failed;
  }

  return { element, changed };
}
