#pragma once

namespace youden::report {

/// Light and dark, sorting of small tables, and the table of predictions: paged, filtered, downloaded as CSV.
inline constexpr const char* kTableScript = R"js(
"use strict";
const page = JSON.parse(document.getElementById("report-data").textContent);
const store = {
  get: k => { try { return localStorage.getItem(k); } catch (e) { return null; } },
  set: (k, v) => { try { localStorage.setItem(k, v); } catch (e) { /* a file may have no storage */ } }
};
const themeButton = document.getElementById("theme");
const darkNow = () => {
  const set = document.documentElement.dataset.theme;
  return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};
function showTheme() {
  themeButton.setAttribute("aria-pressed", String(darkNow()));
  themeButton.textContent = darkNow() ? "Light" : "Dark";
  document.dispatchEvent(new Event("theme"));
}
if (["dark", "light"].includes(store.get("youden-theme"))) document.documentElement.dataset.theme = store.get("youden-theme");
themeButton.addEventListener("click", () => {
  const next = darkNow() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  store.set("youden-theme", next);
  showTheme();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);

/// Numbers before texts, and what is undefined last, whichever way it is sorted.
const isNothing = v => v === "" || v === "undefined" || v === "–";
const compare = (a, b, sign) => {
  if (isNothing(a) || isNothing(b)) return isNothing(a) - isNothing(b);
  const x = Number(a), y = Number(b);
  if (!Number.isNaN(x) && !Number.isNaN(y)) return sign * (x - y);
  if (Number.isNaN(x) !== Number.isNaN(y)) return sign * (Number.isNaN(x) ? 1 : -1);
  return sign * String(a).localeCompare(String(b), "en", { numeric: true });
};
function heading(table, at, onSort) {
  const head = table.tHead.rows[0].cells;
  const down = head[at].getAttribute("aria-sort") === "ascending";
  for (const th of head) if (th.hasAttribute("aria-sort")) th.setAttribute("aria-sort", "none");
  head[at].setAttribute("aria-sort", down ? "descending" : "ascending");
  onSort(at, down ? -1 : 1);
}
for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((th, at) => th.querySelector("button").addEventListener("click", () =>
    heading(table, at, (column, sign) => {
      const key = row => { const c = row.cells[column]; return c ? c.dataset.sort ?? c.textContent : ""; };
      const body = table.tBodies[0];
      [...body.rows].map((row, i) => [key(row), i, row])
        .sort((a, b) => compare(a[0], b[0], sign) || a[1] - b[1]).forEach(r => body.append(r[2]));
    })));
}

const csvField = v => { const s = v === null ? "" : String(v); return /[",\r\n]/.test(s) ? '"' + s.replaceAll('"', '""') + '"' : s; };
const csvOf = p => [p.columns.join(",")].concat(p.rows.map(r => r.map((v, c) => csvField(cellOf(p, r, c))).join(","))).join("\n") + "\n";
/// Repeated texts are stored once: a column with words holds indices into them.
const cellOf = (p, row, c) => p.words[c] ? p.words[c][row[c]] : row[c];

for (const box of document.querySelectorAll("[data-predictions]")) {
  const p = page.data[box.dataset.predictions];
  const table = box.querySelector("table"), body = table.tBodies[0];
  const text = box.querySelector("input[type=search]"), part = box.querySelector("select");
  const wrongOnly = box.querySelector("input[type=checkbox]"), said = box.querySelector(".said");
  const [before, after] = box.querySelectorAll(".pager button");
  const at = name => p.columns.indexOf(name);
  const rows = p.rows.map(r => p.columns.map((_, c) => cellOf(p, r, c)));
  const isWrong = r => r[at("y")] !== r[at("decision")];
  const size = 50;
  let shown = rows, from = 0, column = -1, sign = 1;
  function draw() {
    body.replaceChildren(...shown.slice(from, from + size).map(r => {
      const tr = document.createElement("tr");
      p.shown.forEach((c, i) => {
        const cell = document.createElement(i === 0 ? "th" : "td");
        if (i === 0) cell.scope = "row";
        const v = r[c];
        cell.textContent = v === null ? "–" : typeof v === "number" && !Number.isInteger(v) ? v.toFixed(4) : v;
        if (typeof v === "number") cell.className = "n";
        tr.append(cell);
      });
      const last = document.createElement("td");
      last.textContent = isWrong(r) ? (r[at("y")] ? "missed" : "false alarm") : "right";
      if (isWrong(r)) tr.className = "wrong";
      tr.append(last);
      return tr;
    }));
    const to = Math.min(from + size, shown.length);
    said.textContent = shown.length ? `${from + 1} to ${to} of ${shown.length} predictions` + (shown.length < rows.length ? ` (${rows.length} in all)` : "") : "no prediction fits";
    before.disabled = from === 0;
    after.disabled = to >= shown.length;
  }
  function filter() {
    const word = text.value.trim().toLowerCase();
    const texts = p.shown.filter(c => p.words[c] || p.columns[c] === "sample");
    shown = rows.filter(r => (!part.value || r[at("part")] === part.value) && (!wrongOnly.checked || isWrong(r)) &&
      (!word || texts.some(c => String(r[c] ?? "").toLowerCase().includes(word))));
    if (column >= 0) shown = shown.map((r, i) => [r, i]).sort((a, b) => compare(a[0][column] ?? "", b[0][column] ?? "", sign) || a[1] - b[1]).map(x => x[0]);
    from = 0;
    draw();
  }
  [...table.tHead.rows[0].cells].forEach((th, i) => th.querySelector("button")?.addEventListener("click", () =>
    heading(table, i, (c, s) => { column = p.shown[c]; sign = s; filter(); })));
  text.addEventListener("input", filter);
  part.addEventListener("change", filter);
  wrongOnly.addEventListener("change", filter);
  before.addEventListener("click", () => { from = Math.max(0, from - size); draw(); });
  after.addEventListener("click", () => { from += size; draw(); });
  box.querySelector(".download").addEventListener("click", () => {
    const a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob([csvOf(p)], { type: "text/csv" }));
    a.download = p.file;
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 1000);
  });
  filter();
}
function openTarget() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
  if (target) target.scrollIntoView();
}
addEventListener("hashchange", openTarget);
openTarget();
addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("details:not([open]):not(.screen)")) { d.open = true; d.dataset.printed = ""; } });
addEventListener("afterprint", () => { for (const d of document.querySelectorAll("details[data-printed]")) { d.open = false; delete d.dataset.printed; } });
)js";

}  // namespace youden::report
