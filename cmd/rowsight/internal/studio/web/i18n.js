import { en } from "./en.js";
import { es } from "./es.js";

const languages = { en, es };
let current = "en";

/** useLanguage takes the language of the visitor, or the one that is named. */
export function useLanguage(name) {
  let stored = null;
  try { stored = localStorage.getItem("rowsight-studio-language"); } catch { /* not allowed */ }
  const wanted = name ?? stored ?? navigator.language.slice(0, 2);
  current = languages[wanted] ? wanted : "en";
  if (name) try { localStorage.setItem("rowsight-studio-language", name); } catch { /* not allowed */ }
  document.documentElement.lang = current;
}

export const language = () => current;
export const languageNames = { en: "English", es: "Español" };

/** t returns a text of the page, with {names} replaced. {n|one|many} counts. */
export function t(key, values = {}) {
  const text = languages[current][key] ?? en[key] ?? key;
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (_, name, one, many) => {
    const value = values[name];
    if (one !== undefined) return Number(value) === 1 ? one : many;
    return typeof value === "number" ? number(value) : String(value ?? "");
  });
}

/** has reports whether the language has a text of its own. */
export const has = (key) => key in languages[current];

export const number = (n) => new Intl.NumberFormat(current).format(n);
export const percent = (part, whole) => new Intl.NumberFormat(current, { style: "percent", maximumFractionDigits: 1 }).format(whole ? part / whole : 0);
export const list = (items, type = "conjunction") => new Intl.ListFormat(current, { type }).format(items);
