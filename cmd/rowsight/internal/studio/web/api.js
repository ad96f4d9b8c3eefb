// Questions to the library: to the server of this page, or to the library in the
// page itself where there is no server.

export class Problem extends Error {
  constructor(answer) {
    super(answer.error);
    this.code = answer.code;
    this.detail = answer.detail;
  }
}

// The first page gets the key of its server. The storage belongs to this host and
// port, unlike a cookie, so no other server of this machine gets the key.
const place = "rowsight-studio-key";
let key = document.querySelector('meta[name="studio-key"]')?.content ?? "";
try { key ? localStorage.setItem(place, key) : (key = localStorage.getItem(place) ?? ""); } catch { /* not allowed: then a reload ends the page */ }
const headers = { "X-Rowsight-Studio": key };
let local = null;

/** useLocal answers questions by functions of this page. */
export function useLocal(library) { local = library; }

/** isLocal reports whether there is no server. */
export function isLocal() { return local !== null; }

async function read(response) {
  if (response.ok) return response.json();
  let answer;
  try { answer = await response.json(); } catch { answer = { code: "closed", error: "" }; }
  throw new Problem(answer);
}

async function send(path, body, signal) {
  let response;
  try {
    response = await fetch(path, { method: "POST", headers, body, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ code: "closed", error: "" });
  }
  return read(response);
}

/** ask returns the answer to a question, or throws a Problem. */
export async function ask(name, question = {}, signal = undefined) {
  if (local) return answer(await local.call(name, JSON.stringify(question)));
  return send("api/" + name, JSON.stringify(question), signal);
}

/** drop opens a file, as the kind that is named or that its content shows. */
export async function drop(file, kind = "") {
  if (local) return answer(await local.drop(kind, file.name, new Uint8Array(await file.arrayBuffer())));
  return send("api/drop?" + new URLSearchParams({ name: file.name, kind }), file);
}

function answer(text) {
  const a = JSON.parse(text);
  if (a && a.code && "error" in a) throw new Problem(a);
  return a;
}

/** stay tells the server that the page is open. It calls gone when the server ends. */
export async function stay(gone) {
  if (local) return;
  try {
    const response = await fetch("api/alive", { method: "POST", headers });
    if (!response.ok) return gone();
    const reader = response.body.getReader();
    while (!(await reader.read()).done);
  } catch { /* below */ }
  gone();
}
