import { h, icon } from "./dom.js";
import { t, has, language } from "./i18n.js";

// A finding as a card. Its title, what to do and its button are in the language of
// the page; the exact reason names cells and values, and is in English.

/** findingCard shows one finding with its page and its fix. */
export function findingCard(app, f, go, heading = "h3") {
  const own = language() !== "en";
  const title = has("finding." + f.id) ? t("finding." + f.id) : f.title;
  const place = f.file === "users" ? t("file.users") + (f.line ? " · " + t("line", { n: f.line }) : "")
    : f.file === "tags" ? (f.row >= 0 ? t("tags.rule", { n: f.row + 1 }) : f.list ? t("tags.list", { n: f.list }) : t("file.tags"))
    : f.row >= 0 ? t("rule", { n: f.row + 1 }) : f.row === -1 ? t("header") : "";
  const key = [f.file, f.id, f.row, f.col, f.list ?? "", f.reason].join(" ");
  return h("article", { class: "finding " + f.severity },
    h("header", {}, icon(f.severity), h("span", { class: "severity" }, t("severity." + f.severity)), place && go ? h("button", { class: "plain place", "data-keep": "place " + key, onclick: () => go(f) }, place) : h("span", { class: "place" }, place)),
    h(heading, { class: "title" }, title),
    own && has("advice." + f.id) ? h("p", { class: "suggestion" }, t("advice." + f.id)) : null,
    h("p", { lang: own ? "en" : null }, own ? h("span", { class: "muted" }, t("finding.english"), " ") : null, f.thing ? h("b", {}, f.thing + ": ") : null, f.reason, f.more ? " " + t("finding.more", { n: f.more }) : ""),
    f.suggestion ? h("p", { class: "suggestion", lang: own ? "en" : null }, f.suggestion) : null,
    h("footer", {},
      f.fix ? h("button", { class: "fix", "data-keep": "fix " + key, onclick: () => app.edit("fix", { id: f.id, row: f.row, col: f.col, fix: f.fix, to: f.to ?? "" }).then((ok) => ok && app.say(t("fix.done"))) }, icon("check"), t("fix." + f.fix, { to: f.to ?? "" })) : null,
      h("a", { href: f.url, "data-keep": "page " + key, target: "_blank", rel: "noopener noreferrer", hreflang: "en" }, t("finding.page", { id: f.id }), icon("link"))));
}
