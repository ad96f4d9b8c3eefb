// Elements are made from text, never from markup: whatever a file holds stays text.

/** h makes an element. Attributes that are null or false are left out. */
export function h(tag, attributes = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (name === "class") el.className = value;
    else if (name === "style") for (const [k, v] of Object.entries(value)) el.style.setProperty(k, v);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden" || name === "indeterminate") el[name] = value;
    else el.setAttribute(name, value === true ? "" : value);
  }
  add(el, children);
  return el;
}

/** add appends children: elements, texts, lists of them, or nothing. */
export function add(el, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    el.append(child instanceof Node ? child : String(child));
  }
  return el;
}

/**
 * fill replaces the children of an element. Focus stays on the child that has the
 * same data-keep as before.
 */
export function fill(el, ...children) {
  const kept = el.contains(document.activeElement) ? document.activeElement.dataset.keep : null;
  el.replaceChildren();
  add(el, children);
  if (kept) el.querySelector(`[data-keep="${CSS.escape(kept)}"]`)?.focus({ preventScroll: true });
  return el;
}

const shapes = {
  rules: ["M4 5h16v14H4z", "M4 10h16", "M10 10v9"],
  view: ["M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z", "M12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z"],
  who: ["M4 4h6v6H4z", "M14 4h6v6h-6z", "M4 14h6v6H4z", "M14 14h6v6h-6z"],
  changes: ["M7 4v12", "M3.5 12.5 7 16l3.5-3.5", "M17 20V8", "M13.5 11.5 17 8l3.5 3.5"],
  cases: ["M4 12.5 9 17.5 20 6.5"],
  report: ["M6 3h8l4 4v14H6z", "M14 3v4h4", "M9 12h6", "M9 16h6"],
  add: ["M12 5v14", "M5 12h14"],
  tags: ["M4 4h8l8 8-8 8-8-8z", "M8.2 8v.3"],
  column: ["M5 4h6v16H5z", "M18 8v8", "M14 12h8"],
  more: ["M5 12v.3", "M12 12v.3", "M19 12v.3"],
  undo: ["M8 5 4 9l4 4", "M4 9h9a6 6 0 0 1 0 12H9"],
  redo: ["M16 5l4 4-4 4", "M20 9h-9a6 6 0 0 0 0 12h4"],
  trash: ["M4 7h16", "M9 7V4h6v3", "M6 7l1 13h10l1-13"],
  copy: ["M9 9h11v11H9z", "M5 15H4V4h11v1"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  search: ["M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z", "M15.5 15.5 20 20"],
  error: ["M12 3.5 21.5 20h-19z", "M12 10v4.5", "M12 17.2v.3"],
  warning: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 8v5", "M12 16v.3"],
  info: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 11v5", "M12 8v.3"],
  check: ["M5 12.5 10 17.5 19.5 7"],
  hidden: ["M4 4l16 16", "M9.5 5.8A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-3 3.8", "M6 7.8A16 16 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4-.9"],
  up: ["M6 14l6-6 6 6"],
  down: ["M6 10l6 6 6-6"],
  download: ["M12 4v11", "M7 11l5 5 5-5", "M5 20h14"],
  save: ["M5 4h11l3 3v13H5z", "M8 4v5h7V4", "M8 20v-6h8v6"],
  user: ["M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M4.5 20c.8-4 3.8-6 7.5-6s6.700 2 7.500 6"],
  file: ["M6 3h8l4 4v14H6z", "M14 3v4h4"],
  link: ["M10 6H5v13h13v-5", "M13 4h7v7", "M20 4l-9 9"],
};

/** icon draws a small picture that says nothing to a screen reader. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [k, v] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" })) svg.setAttribute(k, v);
  for (const d of shapes[name] ?? []) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** later calls f after some quiet milliseconds. */
export function later(f, ms) {
  let timer;
  return (...args) => { clearTimeout(timer); timer = setTimeout(() => f(...args), ms); };
}

/** download hands a text to the browser as a file. */
export function download(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const a = h("a", { href: url, download: name, hidden: true });
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
