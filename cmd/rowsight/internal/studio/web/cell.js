import { h, fill, icon, later } from "./dom.js";
import { ask } from "./api.js";
import { t } from "./i18n.js";
import { chip } from "./rulespage.js";

// The editor of one cell. A list is edited as chips: nobody types its commas, its
// quotes or the blanks around its values.

/** editCell returns the editor. done gets the edit, or nothing, and where to go next. */
export function editCell({ cell, typed, principal, column, label, place, done }) {
  const list = !principal && !cell.error;
  let items = list ? [...(cell.items ?? [])] : [];
  let over = false;
  const chips = h("span", { class: "chips", role: "list", "aria-label": t("cell.values") });
  const options = h("ul", { class: "options", role: "listbox", id: "cell-options", "aria-label": t("cell.options"), hidden: true });
  const input = h("input", { type: "text", "aria-label": label, "aria-autocomplete": "list", "aria-controls": "cell-options", "aria-expanded": "false", role: "combobox", autocomplete: "off", spellcheck: "false",
    placeholder: list ? t("cell.add") : "", value: typed ?? (list ? "" : cell.text) });
  const note = h("p", { class: "note", "aria-live": "polite" });
  const editor = h("div", { class: "editor", role: "group", "aria-label": label }, h("div", { class: "line" }, chips, input), options, note);
  const width = Math.max(place.width, Math.min(340, place.room - 16));
  editor.style.setProperty("left", Math.max(4, Math.min(place.left, place.room - width - 8)) + "px");
  editor.style.setProperty("top", place.top + "px");
  editor.style.setProperty("width", width + "px");
  let offered = [], at = -1, known = [];

  function draw() {
    fill(chips, items.map((item, i) => h("span", { role: "listitem", class: "chipbox" }, chip(item,
      h("button", { class: "plain", tabindex: "-1", "aria-label": t("cell.remove", { value: item }), onmousedown: (e) => e.preventDefault(), onclick: () => { items.splice(i, 1); draw(); input.focus(); } }, icon("close"))))));
    fill(note, list && !items.length && !input.value ? [icon("info"), t("cell.every", { column })] : cell.error ? [icon("error"), cell.error] : principal ? t("cell." + principal) : t("cell.keys"));
  }

  /** split says what the text of the input can mean. */
  function meanings(text) {
    const trimmed = text.trim();
    if (!trimmed) return [];
    const parts = trimmed.split(/[,;\t\n]/).map((p) => p.trim()).filter(Boolean);
    if (parts.length < 2) return [{ values: [known.includes(text) ? text : trimmed], text: trimmed }];
    const several = { values: parts, text: t("cell.several", { n: parts.length }) };
    const one = { values: [trimmed], text: t("cell.one", { value: trimmed }) };
    return known.includes(trimmed) ? [one, several] : [several, one];
  }

  function offer() {
    const text = input.value;
    const own = list ? meanings(text) : [];
    offered = [...(own.length > 1 ? own : []), ...known.filter((v) => !items.includes(v) && v.toLowerCase().includes(text.trim().toLowerCase())).slice(0, 8).map((v) => ({ values: [v], text: v }))];
    at = -1;
    fill(options, offered.map((o, i) => h("li", { role: "option", id: "cell-option-" + i, "aria-selected": "false", onmousedown: (e) => { e.preventDefault(); take(o); } }, o.text)));
    options.hidden = !offered.length;
    input.setAttribute("aria-expanded", offered.length ? "true" : "false");
    input.removeAttribute("aria-activedescendant");
    draw();
  }

  function choose(step) {
    if (!offered.length) return;
    at = (at + step + offered.length + (at < 0 && step < 0 ? 1 : 0)) % offered.length;
    [...options.children].forEach((el, i) => el.setAttribute("aria-selected", i === at ? "true" : "false"));
    options.children[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", "cell-option-" + at);
  }

  function take(option) {
    if (list) {
      for (const v of option.values) if (!items.includes(v)) items.push(v);
      input.value = "";
      offer();
    } else {
      input.value = option.text;
      finish("down");
    }
  }

  function finish(step) {
    if (over) return;
    over = true;
    if (list) {
      for (const v of meanings(input.value)[0]?.values ?? []) if (!items.includes(v)) items.push(v);
      const same = items.length === (cell.items ?? []).length && items.every((v, i) => v === cell.items[i]);
      done(same ? null : { op: "list", items }, step);
    } else done(input.value === cell.text ? null : { op: "set", text: input.value }, step);
  }

  function cancel() {
    if (over) return;
    over = true;
    done(null, "");
  }

  const load = later(async () => {
    try {
      if (principal) {
        const v = await ask("viewers", { text: input.value.trim() });
        known = principal === "group" ? v.groups : v.viewers.filter((x) => x.kind === "user").map((x) => x.name);
      } else known = (await ask("values", { column, text: input.value.trim() })).values;
    } catch { known = []; }
    if (!over) offer();
  }, 60);

  input.addEventListener("input", () => { draw(); load(); });
  input.addEventListener("keydown", (e) => {
    e.stopPropagation();
    if (e.key === "Escape") { e.preventDefault(); cancel(); }
    else if (e.key === "ArrowDown") { e.preventDefault(); choose(1); }
    else if (e.key === "ArrowUp") { e.preventDefault(); choose(-1); }
    else if (e.key === "Tab") { e.preventDefault(); finish(e.shiftKey ? "left" : "right"); }
    else if (e.key === "Enter") {
      e.preventDefault();
      if (e.ctrlKey || e.metaKey) finish("down");
      else if (at >= 0) take(offered[at]);
      else if (list && input.value.trim()) take(meanings(input.value)[0]);
      else finish("down");
    } else if (e.key === "Backspace" && list && !input.value && items.length) { e.preventDefault(); items.pop(); draw(); }
  });
  editor.addEventListener("focusout", (e) => { if (!editor.contains(e.relatedTarget)) finish(""); });

  editor.start = () => { draw(); input.focus(); if (typed === null && !list) input.select(); load(); };
  return editor;
}
