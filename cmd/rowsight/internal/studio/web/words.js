import { t, list } from "./i18n.js";

// A condition in the words of somebody who never wrote one.

const quote = (text) => "“" + text + "”";
const most = 6;

function values(all) {
  const shown = all.slice(0, most).map(quote);
  if (all.length > most) shown.push(t("words.more", { n: all.length - most }));
  return list(shown, "disjunction");
}

function one(p) {
  switch (p.op) {
    case "in": return t("words.in", { column: p.column, values: values(p.values) });
    case "has value": return t("words.has", { column: p.column });
    case "and": return list(p.args.map(part));
    case "or": return list(p.args.map(part), "disjunction");
    case "all": return t("words.all");
  }
  return t("words.none");
}

const part = (p) => (p.op === "or" ? "(" + one(p) + ")" : one(p));

/** words returns sentences about which rows a condition selects: one for each way to see a row. */
export function words(p) {
  switch (p.op) {
    case "none": return [t("words.none")];
    case "all": return [t("words.all")];
    case "or": return p.args.map((arg) => t("words.rows", { condition: one(arg) }));
  }
  return [t("words.rows", { condition: one(p) })];
}

/** why says in short why a row is visible or hidden. */
export function why(answer) {
  switch (answer.reason) {
    case "no rule": return t("why.noRule");
    case "not enforced": return t("why.open");
    case "admitted": return "";
  }
  const miss = answer.nearest?.[0];
  if (!miss) return t("why.denied");
  return miss.fields.map(failure).join("; ");
}

/** short says in a few words what keeps a row hidden. */
export function short(answer) {
  const miss = answer.reason === "denied" ? answer.nearest?.[0] : null;
  if (!miss) return why(answer);
  return miss.fields.map((f) => f.tag ? failure(f) : t("why.short", { column: f.column, has: f.null || f.has === undefined ? t("why.empty") : quote(f.has) })).join(", ");
}

/** failure says why one rule does not admit a row. */
export function failure(f) {
  const has = f.null || f.has === undefined ? t("why.empty") : quote(f.has);
  if (f.tag) return t(f.state === "missing" ? "why.tagMissing" : f.state === "no value" ? "why.tagEmpty" : "why.tag", { column: f.column, has, key: f.tag });
  const want = (f.want ?? []).map(quote);
  if (f.values > want.length) want.push(t("words.more", { n: f.values - want.length }));
  if (!want.length) return t("why.blank", { column: f.column });
  return t("why.field", { column: f.column, has, want: list(want, "disjunction") });
}
