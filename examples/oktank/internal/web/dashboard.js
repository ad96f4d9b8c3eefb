// The dashboard: asks the server questions about the visible rows and draws the
// answers. It holds no rule: sums, lists of choices and pages of two tables are all
// there is.
const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", notation: "compact", maximumFractionDigits: 1 });
const cents = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const whole = new Intl.NumberFormat("en-US");
const none = "(no region)";
const pageSize = 12;
const $ = (id) => document.getElementById(id);

const charts = {};
let token = "";
let months = []; // all visible ones, in order
let round = 0; // of draw: answers to earlier questions are not drawn

// redeem exchanges the code of the address for a session, once. The session's
// token stays in this script: no cookie, no storage, no address holds it.
async function redeem() {
  const code = new URLSearchParams(location.search).get("code");
  history.replaceState(null, "", location.pathname);
  const answer = await fetch("../redeem", { method: "POST", body: JSON.stringify({ Code: code }), headers: { "Content-Type": "application/json" } });
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()).SessionToken;
}

// refusal is what the server lets a viewer know of an error.
async function refusal(answer) {
  const problem = await answer.json().catch(() => ({}));
  return new Error([problem.Title, problem.Message].filter(Boolean).join(": ") || `The server answered ${answer.status}.`);
}

// ask returns the answer to a question: its rows, each an array, and its totals.
// Numbers of many digits come as strings; the sums here fit into a number.
async function ask(question) {
  const answer = await fetch("../ask", {
    method: "POST", cache: "no-store", body: JSON.stringify(question),
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
  });
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
}

const revenue = { function: "sum", of: "revenue", as: "revenue" };
const visits = { function: "sum", of: "visits", as: "visits" };
const lines = { function: "count", as: "lines" };
const by = (...columns) => columns.map((column) => ({ column }));

// The tables show one page at a time, which the server sorts and cuts. A line of the
// first is a hospital, a region and a department, and a line of the second is a row.
// The last two cells of a line are visits and revenue.
const tables = [
  { id: "table", question: { dimensions: by("hospital", "region", "department"), measures: [visits, revenue] }, sort: { key: "revenue", up: false }, offset: 0 },
  { id: "rows", question: { columns: ["month", "hospital", "region", "department", "payer", "visits", "revenue"] }, sort: { key: "month", up: false }, offset: 0 },
];

// sums asks for revenue by a column, in order of the column.
async function sums(column, filters) {
  const { rows } = await ask({ dimensions: by(column), measures: [revenue], filters, order: [{ by: column }] });
  return new Map(rows.map(([name, sum]) => [name ?? none, Number(sum)]));
}

// filters returns what the viewer chose, as filters of a question.
function filters() {
  const want = new FormData($("filters"));
  const within = (column, values) => ({ where: { op: "in", column, values } });
  const list = [];
  if (want.get("hospital")) list.push(within("hospital", [want.get("hospital")]));
  if (want.get("region")) list.push(want.get("region") === none ? { null: { column: "region" } } : within("region", [want.get("region")]));
  if (want.get("from") || want.get("to")) {
    const chosen = months.filter((m) => (!want.get("from") || m >= want.get("from")) && (!want.get("to") || m <= want.get("to")));
    list.push(within("month", chosen));
  }
  return list;
}

// put shows a number and keeps its exact value for programs that read the page.
function put(id, text, value) {
  $(id).textContent = text;
  $(id).dataset.value = value;
}

function colour(n) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${n}`).trim();
}

function plot(id, type, labels, datasets, options = {}) {
  charts[id]?.destroy();
  const ink = colour("dim"), line = colour("line");
  const axis = { ticks: { color: ink }, grid: { color: line } };
  const money = { ...axis, beginAtZero: true, ticks: { color: ink, callback: (v) => short.format(v) } };
  const sideways = options.indexAxis === "y";
  charts[id] = new Chart($(id), {
    type,
    data: { labels, datasets },
    options: {
      maintainAspectRatio: false, animation: false, ...options,
      scales: sideways ? { x: money, y: axis } : { x: axis, y: money },
      plugins: {
        legend: { display: datasets.length > 1, labels: { color: ink } },
        tooltip: { callbacks: { label: (c) => ` ${c.dataset.label}: ${dollars.format(sideways ? c.parsed.x : c.parsed.y)}` } },
      },
    },
  });
}

// describe puts a chart into words, for those who do not see it.
function describe(id, sums) {
  $(id).textContent = [...sums].map(([name, sum]) => `${name}: ${dollars.format(sum)}`).join("; ");
  $(id).dataset.sums = JSON.stringify(Object.fromEntries(sums));
}

// draw asks for everything on the page with the chosen filters. It draws all of the
// answers or, if one of them fails, none.
async function draw() {
  const mine = ++round;
  $("dashboard").ariaBusy = "true";
  try {
    const chosen = filters();
    const [total, lists, byHospital, byRegion, ...pages] = await Promise.all([
      ask({ dimensions: by("month"), measures: [revenue, visits, lines], filters: chosen, order: [{ by: "month" }], totals: true }),
      ask({ dimensions: by("hospital", "month"), measures: [revenue], filters: chosen }),
      sums("hospital", chosen),
      sums("region", chosen),
      ...tables.map((table) => page(table, chosen)),
    ]);
    if (mine !== round) return;
    figures(total);
    plots(total, lists, byHospital, byRegion);
    tables.forEach((table, i) => fill(table, pages[i].rows));
    $("notice").hidden = true;
    $("content").hidden = false;
  } catch (err) {
    if (mine === round) fail(err, draw);
  }
  if (mine !== round) return;
  $("dashboard").ariaBusy = "false";
  tell();
}

// fail leaves nothing on the page but the reason and, if the session goes on, a button
// that asks again. Loading the page again does not help: its code is used up.
function fail(err, again) {
  $("content").hidden = true;
  $("notice").hidden = false;
  $("notice").textContent = err.message;
  $("notice").role = "alert";
  if (again) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Try again";
    button.addEventListener("click", again);
    $("notice").append(" ", button);
  }
  $("dashboard").ariaBusy = "false";
  tell();
}

function figures({ rows, totals }) {
  const [sum, people, count] = totals.map(Number);
  const best = rows.reduce((top, [month, value]) => (Number(value) > top[1] ? [month, Number(value)] : top), ["–", 0]);
  put("kpi-revenue", short.format(sum), sum);
  $("kpi-revenue").title = dollars.format(sum);
  put("kpi-visits", whole.format(people), people);
  put("kpi-per-visit", people ? cents.format(sum / people) : "–", people ? sum / people : 0);
  put("kpi-best", best[0], best[1]);
  put("kpi-rows", whole.format(count), count);
}

function plots(total, lists, byHospital, byRegion) {
  const palette = ["c1", "c2", "c3", "c4", "c5"].map(colour);
  const byMonth = new Map(total.rows.map(([month, sum]) => [month, Number(sum)]));
  const cells = new Map(lists.rows.map(([hospital, month, sum]) => [JSON.stringify([hospital, month]), Number(sum)]));
  plot("by-month", "line", [...byMonth.keys()], [...byHospital.keys()].map((name, i) => ({
    label: name, data: [...byMonth.keys()].map((month) => cells.get(JSON.stringify([name, month])) ?? 0),
    borderColor: palette[i], backgroundColor: palette[i], tension: 0.25, pointStyle: ["circle", "rect", "triangle"][i % 3], pointRadius: 4,
  })));
  plot("by-hospital", "bar", [...byHospital.keys()], [{ label: "Revenue", data: [...byHospital.values()], backgroundColor: palette, maxBarThickness: 44 }], { indexAxis: "y" });
  plot("by-region", "bar", [...byRegion.keys()], [{ label: "Revenue", data: [...byRegion.values()], backgroundColor: palette, maxBarThickness: 72 }]);
  describe("d-month", byMonth);
  describe("d-hospital", byHospital);
  describe("d-region", byRegion);
}

// page asks for one page of a table, and one line more, which tells whether there is
// a next page.
function page({ question, sort, offset }, chosen) {
  return ask({ ...question, filters: chosen, order: [{ by: sort.key, desc: !sort.up }], limit: pageSize + 1, offset });
}

// fill writes the lines of a table.
function fill({ id, sort, offset }, rows) {
  const shown = rows.slice(0, pageSize);
  $(id).tBodies[0].replaceChildren(...shown.map((line) => {
    const tr = document.createElement("tr");
    const [people, sum] = line.slice(-2);
    for (const text of line.slice(0, -2)) tr.insertCell().textContent = text ?? none;
    for (const text of [whole.format(people), dollars.format(sum)]) {
      const cell = tr.insertCell();
      cell.className = "number";
      cell.textContent = text;
    }
    return tr;
  }));
  for (const button of $(id).tHead.querySelectorAll("button")) {
    const on = button.dataset.key === sort.key;
    button.closest("th").ariaSort = on ? (sort.up ? "ascending" : "descending") : null;
  }
  $(id).caption.textContent = shown.length ? `Lines ${offset + 1} to ${offset + shown.length}` : "No line";
  $(`${id}-back`).disabled = offset === 0;
  $(`${id}-next`).disabled = rows.length <= pageSize;
}

// choose fills a list of choices.
function choose(name, label, values) {
  $("filters").elements[name].replaceChildren(new Option(label, ""), ...values.map((value) => new Option(value, value)));
}

// tell lets the page around the frame know how tall the frame should be.
function tell() {
  if (parent !== window) parent.postMessage({ height: document.body.offsetHeight }, location.origin);
}

// first draws the page, and its tables from their first lines on.
function first() {
  for (const table of tables) table.offset = 0;
  return draw();
}

async function start() {
  try {
    token = await redeem();
    const [byHospital, byRegion, byMonth] = await Promise.all([sums("hospital"), sums("region"), sums("month")]);
    months = [...byMonth.keys()];
    if (months.length === 0) {
      $("notice").textContent = "There is nothing to show: no row is visible to this session.";
      put("kpi-rows", "0", 0);
      $("dashboard").ariaBusy = "false";
      tell();
      return;
    }
    choose("hospital", "All you may see", [...byHospital.keys()]);
    choose("region", "All you may see", [...byRegion.keys()]);
    choose("from", "The first", months);
    choose("to", "The last", months);
  } catch (err) {
    fail(err);
    return;
  }
  $("filters").addEventListener("change", first);
  $("filters").addEventListener("reset", () => setTimeout(first));
  for (const table of tables) {
    $(table.id).tHead.addEventListener("click", (e) => {
      const key = e.target.dataset.key;
      if (!key) return;
      table.sort = { key, up: table.sort.key === key ? !table.sort.up : key !== "revenue" && key !== "visits" };
      table.offset = 0;
      draw();
    });
    $(`${table.id}-back`).addEventListener("click", () => { table.offset = Math.max(0, table.offset - pageSize); draw(); });
    $(`${table.id}-next`).addEventListener("click", () => { table.offset += pageSize; draw(); });
  }
  $("refresh").addEventListener("click", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("resize", tell);
  await draw();
}

start();
