import { h, fill, icon } from "./dom.js";
import { t } from "./i18n.js";

// Columns of the rules: new ones, other names, and rule files from nothing.

const principals = ["UserName", "GroupName", "UserARN", "GroupARN"];

/** dialog shows a small form. submit returns whether it may close. */
function dialog(title, content, action, submit, more = null) {
  const form = h("form", { method: "dialog", onsubmit: async (e) => { e.preventDefault(); if (await submit()) el.close(); } },
    content, h("div", { class: "buttons" }, h("button", { class: "main", type: "submit" }, action), more, h("button", { type: "button", onclick: () => el.close() }, t("cancel"))));
  const el = h("dialog", { class: "form", "aria-labelledby": "dialog-title" }, h("h2", { id: "dialog-title" }, title), form);
  const back = document.activeElement;
  el.addEventListener("close", () => { el.remove(); back?.isConnected ? back.focus() : document.querySelector(".grid")?.focus(); });
  document.body.append(el);
  el.showModal();
  return el;
}

/** free returns the columns of the data that the rules do not have. */
const free = (app) => (app.state.columns ?? []).filter((c) => !(app.state.header ?? []).includes(c));

/** addColumn asks for the name of a new column. */
export function addColumn(app) {
  const names = [...free(app), ...principals.slice(0, 2).filter((p) => !app.state.header.includes(p) && !app.state.arns)];
  const input = h("input", { type: "text", list: "new-columns", autocomplete: "off", spellcheck: "false", required: true });
  const el = dialog(t("column.add"), [
    free(app).length ? h("div", { class: "choices", role: "group", "aria-label": t("column.of") }, h("p", { class: "muted" }, t("column.of")), free(app).slice(0, 40).map((name) => h("button", { type: "button", onclick: async () => { if (await app.edit("edit", { ops: [{ op: "column", text: name }] })) el.close(); } }, h("bdi", {}, name)))) : null,
    h("label", {}, t("column.name"), " ", input), h("datalist", { id: "new-columns" }, names.map((n) => h("option", { value: n }))), h("p", { class: "muted" }, t("column.every"))],
  t("column.add"), () => app.edit("edit", { ops: [{ op: "column", text: input.value }] }));
}

/** columnMenu renames or deletes a column. */
export function columnMenu(app, col, name) {
  const input = h("input", { type: "text", list: "new-columns", autocomplete: "off", spellcheck: "false", required: true, value: name });
  const el = dialog(t("column.menu", { name }), [h("label", {}, t("column.name"), " ", input), h("datalist", { id: "new-columns" }, [...free(app), ...principals].map((n) => h("option", { value: n })))],
    t("column.rename"), () => app.edit("edit", { ops: [{ op: "rename", col, text: input.value }] }),
    h("button", { type: "button", class: "danger", onclick: async () => { if (await app.edit("edit", { ops: [{ op: "drop", col }] })) { el.close(); app.say(t("column.dropped", { name })); } } }, icon("trash"), t("column.drop")));
  input.select();
}

/** newRules asks which columns a new rule file has. */
export function newRules(app) {
  const who = h("select", {}, [["UserName,GroupName", "new.both"], ["UserName", "new.users"], ["GroupName", "new.groups"], ["UserARN,GroupARN", "new.arns"]].map(([value, key]) => h("option", { value }, t(key))));
  const columns = app.state.columns ?? [];
  const boxes = columns.map((name) => h("input", { type: "checkbox", value: name }));
  const typed = h("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder: columns.length ? "" : "Region, Segment" });
  const note = h("p", { class: "muted", role: "alert" });
  dialog(t("rules.new"), [h("label", {}, t("new.who"), " ", who), columns.length ? h("fieldset", { class: "choices" }, h("legend", {}, t("new.columns")), boxes.map((b, i) => h("label", { class: "tick" }, b, h("bdi", {}, columns[i])))) : null,
    h("label", {}, t(columns.length ? "new.others" : "new.names"), " ", typed), note],
  t("new.make"), async () => {
    const names = [...boxes.filter((b) => b.checked).map((b) => b.value), ...typed.value.split(",").map((n) => n.trim()).filter(Boolean)];
    if (!names.length) { fill(note, t("new.none")); return false; }
    return app.edit("rules.new", { columns: [...who.value.split(","), ...names] });
  });
}
