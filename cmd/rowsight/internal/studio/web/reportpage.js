import { h, fill, icon, download } from "./dom.js";
import { ask } from "./api.js";
import { t } from "./i18n.js";
import { problemText } from "./app.js";

/** reportPage makes the file for an auditor. */
export function reportPage(app) {
  const element = h("section", { class: "reportpage" });
  const problem = h("div", {});
  async function make() {
    element.setAttribute("aria-busy", "true");
    try {
      const file = await ask("report");
      download(file.name, file.text, "text/html");
      element.dataset.name = file.name;
      app.say(t("saved.download", { name: file.name }));
      fill(problem);
    } catch (error) { fill(problem, h("p", { class: "notice bad", role: "alert" }, icon("error"), problemText(error))); }
    element.removeAttribute("aria-busy");
  }
  const s = app.state;
  const onlyTags = !s.rules && s.tags; // the report then describes the tag rules and needs no data
  fill(element, h("div", { class: "sheet" }, icon("report"), h("h2", {}, t("report.title")), h("p", {}, t("report.text")),
    h("ul", { class: "ticks" }, (onlyTags ? ["tags", "findings", "files"] : ["who", "findings", "cases", "files"]).map((k) => h("li", {}, icon("check"), t("report." + k)))),
    s.dirty || s.tagsDirty ? h("p", { class: "notice" }, icon("info"), t("report.dirty")) : null, problem,
    h("button", { class: "main", id: "make-report", disabled: !onlyTags && (!s.rules || !s.data), onclick: make }, icon("download"), t("report.make")),
    !s.data && !onlyTags ? h("p", { class: "muted" }, t("report.nodata")) : null));
  return { element, changed: () => {} };
}
