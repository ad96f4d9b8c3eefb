// The dashboard: reads the visible rows as Arrow IPC and draws them. It holds
// no rule and asks for no row by name; what the server sends is all there is.
const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", notation: "compact", maximumFractionDigits: 1 });
const cents = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const whole = new Intl.NumberFormat("en-US");
const none = "(no region)";
const $ = (id) => document.getElementById(id);

const charts = {};
let rows = [];
let sort = { key: "revenue", up: false };
let all = false; // show every line of the table

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

// read returns the visible rows. A body that ends early makes the fetch or the
// decoder fail: half an answer is never drawn.
async function read(token) {
  const answer = await fetch("../data", { cache: "no-store", headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw await refusal(answer);
  const table = Arrow.tableFromIPC(new Uint8Array(await answer.arrayBuffer()));
  const column = (name) => table.getChild(name);
  const [month, hospital, region, department, revenue, visits] = ["month", "hospital", "region", "department", "revenue", "visits"].map(column);
  return Array.from({ length: table.numRows }, (_, i) => ({
    month: month.get(i), hospital: hospital.get(i), region: region.get(i) || none, department: department.get(i),
    revenue: revenue.get(i), visits: visits.get(i),
  }));
}

// total sums revenue by a key, in order of the key.
function total(list, key) {
  const sums = new Map();
  for (const row of list) sums.set(row[key], (sums.get(row[key]) ?? 0) + row.revenue);
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
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

function draw() {
  const want = new FormData($("filters"));
  const list = rows.filter((row) =>
    (!want.get("hospital") || row.hospital === want.get("hospital")) &&
    (!want.get("region") || row.region === want.get("region")) &&
    (!want.get("from") || row.month >= want.get("from")) &&
    (!want.get("to") || row.month <= want.get("to")));

  const revenue = list.reduce((sum, row) => sum + row.revenue, 0);
  const visits = list.reduce((sum, row) => sum + row.visits, 0);
  const byMonth = total(list, "month"), byHospital = total(list, "hospital"), byRegion = total(list, "region");
  const best = [...byMonth].reduce((top, month) => (month[1] > top[1] ? month : top), ["–", 0]);
  put("kpi-revenue", short.format(revenue), revenue);
  $("kpi-revenue").title = dollars.format(revenue);
  put("kpi-visits", whole.format(visits), visits);
  put("kpi-per-visit", visits ? cents.format(revenue / visits) : "–", visits ? revenue / visits : 0);
  put("kpi-best", best[0], best[1]);
  put("kpi-rows", whole.format(list.length), list.length);

  const palette = ["c1", "c2", "c3", "c4", "c5"].map(colour);
  const months = [...byMonth.keys()];
  plot("by-month", "line", months, [...byHospital.keys()].map((name, i) => {
    const sums = total(list.filter((row) => row.hospital === name), "month");
    return { label: name, data: months.map((m) => sums.get(m) ?? 0), borderColor: palette[i], backgroundColor: palette[i], tension: 0.25, pointStyle: ["circle", "rect", "triangle"][i % 3], pointRadius: 4 };
  }));
  plot("by-hospital", "bar", [...byHospital.keys()], [{ label: "Revenue", data: [...byHospital.values()], backgroundColor: palette, maxBarThickness: 44 }], { indexAxis: "y" });
  plot("by-region", "bar", [...byRegion.keys()], [{ label: "Revenue", data: [...byRegion.values()], backgroundColor: palette, maxBarThickness: 72 }]);
  describe("d-month", byMonth);
  describe("d-hospital", byHospital);
  describe("d-region", byRegion);
  fill(list);
  tell();
}

// fill writes the table: a line for each hospital, region and department.
function fill(list) {
  const lines = new Map();
  for (const row of list) {
    const key = JSON.stringify([row.hospital, row.region, row.department]);
    const line = lines.get(key) ?? { ...row, revenue: 0, visits: 0 };
    line.revenue += row.revenue;
    line.visits += row.visits;
    lines.set(key, line);
  }
  const sorted = [...lines.values()].sort((a, b) => (a[sort.key] < b[sort.key] ? -1 : a[sort.key] > b[sort.key] ? 1 : 0) * (sort.up ? 1 : -1));
  const shown = all ? sorted : sorted.slice(0, 12);
  const body = $("table").tBodies[0];
  body.replaceChildren(...shown.map((line) => {
    const tr = document.createElement("tr");
    for (const text of [line.hospital, line.region, line.department]) tr.insertCell().textContent = text;
    for (const text of [whole.format(line.visits), dollars.format(line.revenue)]) {
      const cell = tr.insertCell();
      cell.className = "number";
      cell.textContent = text;
    }
    return tr;
  }));
  for (const button of $("table").tHead.querySelectorAll("button")) {
    const on = button.dataset.key === sort.key;
    button.closest("th").ariaSort = on ? (sort.up ? "ascending" : "descending") : null;
  }
  $("caption").textContent = `${shown.length} of ${sorted.length} lines`;
  $("more").hidden = sorted.length <= 12;
  $("more").textContent = all ? "Show fewer" : "Show all";
}

// choose fills a list of choices from the visible rows, and nothing else.
function choose(name, label, key) {
  const values = [...new Set(rows.map((row) => row[key]))].sort();
  $("filters").elements[name].replaceChildren(new Option(label, ""), ...values.map((value) => new Option(value, value)));
}

// tell lets the page around the frame know how tall the frame should be.
function tell() {
  if (parent !== window) parent.postMessage({ height: document.body.offsetHeight }, location.origin);
}

// load reads the rows; if that fails nothing stays on the page but the reason.
async function load(token) {
  try {
    rows = await read(token);
    return true;
  } catch (err) {
    rows = [];
    $("content").hidden = true;
    $("notice").hidden = false;
    $("notice").textContent = err.message;
    $("notice").role = "alert";
    tell();
    return false;
  } finally {
    $("dashboard").ariaBusy = "false";
  }
}

async function start() {
  let token = "";
  try {
    token = await redeem();
  } catch (err) {
    $("notice").textContent = err.message;
    $("notice").role = "alert";
    $("dashboard").ariaBusy = "false";
    tell();
    return;
  }
  if (!await load(token)) return;
  if (rows.length === 0) {
    $("notice").textContent = "There is nothing to show: no row is visible to this session.";
    put("kpi-rows", "0", 0);
    return;
  }
  choose("hospital", "All you may see", "hospital");
  choose("region", "All you may see", "region");
  choose("from", "The first", "month");
  choose("to", "The last", "month");
  $("notice").hidden = true;
  $("content").hidden = false;
  $("filters").addEventListener("change", draw);
  $("filters").addEventListener("reset", () => setTimeout(draw));
  $("table").tHead.addEventListener("click", (e) => {
    const key = e.target.dataset.key;
    if (!key) return;
    sort = { key, up: sort.key === key ? !sort.up : key !== "revenue" && key !== "visits" };
    draw();
  });
  $("refresh").addEventListener("click", async () => { if (await load(token)) draw(); });
  $("more").addEventListener("click", () => { all = !all; draw(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("resize", tell);
  draw();
}

start();
