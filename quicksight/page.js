"use strict";
// The page of an embedded dashboard: it exchanges the code in its address for a
// session, removes the code from the address, and shows the visible rows.
(async () => {
  const main = document.getElementById("data");
  const element = (name, text, kind) => {
    const e = document.createElement(name);
    if (text !== undefined) e.textContent = text;
    if (kind) e.className = kind;
    return e;
  };
  const ask = async (path, options) => {
    const answer = await fetch(path, options);
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.Message || "The data cannot be shown.");
    return body;
  };
  const maxShown = 1000;
  const show = (name, data) => {
    main.append(element("h2", `${name}: ${data.RowCount} rows`));
    const table = element("table");
    const head = table.createTHead().insertRow();
    for (const c of data.Columns) head.append(element("th", c.Name));
    const body = table.createTBody();
    for (const row of data.Rows.slice(0, maxShown)) {
      const line = body.insertRow();
      for (const v of row) line.append(element("td", v === null ? "" : String(v), typeof v === "number" ? "number" : ""));
    }
    const scroll = element("div", undefined, "scroll");
    scroll.append(table);
    main.append(scroll);
    if (data.RowCount > maxShown) main.append(element("p", `The first ${maxShown} rows are shown.`));
  };
  try {
    const code = new URLSearchParams(location.search).get("code");
    history.replaceState(null, "", location.pathname);
    const session = await ask("/embed/redeem", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ Code: code }),
    });
    const headers = { Authorization: `Bearer ${session.SessionToken}` };
    const dashboard = location.pathname.split("/")[3];
    const sets = await ask(`/embed/data-sets?dashboard=${encodeURIComponent(dashboard)}`, { headers });
    main.replaceChildren();
    for (const set of sets.DataSets) show(set.Name, await ask(`/embed/rows/${encodeURIComponent(set.DataSetId)}`, { headers }));
  } catch (problem) {
    main.replaceChildren(element("p", problem.message));
  }
})();
