#pragma once

namespace youden::report {

/// Draws page.charts with Chart.js. Points are [x, y] or [x, y, words…]; arrow keys walk along a chart's first line and
/// say each point below it.
inline constexpr const char* kChartScript = R"js(
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const drawn = new Map();
const fixed = (v, n = 3) => v === null || v === undefined ? "undefined" : Number(v).toFixed(n);

/// What a point says, by kind of chart.
const say = {
  roc: (c, s, p) => `threshold ${p[2] === null ? "above every score" : fixed(p[2], 4)}: sensitivity ${fixed(p[1])}, specificity ${fixed(1 - p[0])}`,
  pr: (c, s, p) => `threshold ${fixed(p[2], 4)}: recall ${fixed(p[0])}, precision ${fixed(p[1])}`,
  calibration: (c, s, p) => `mean probability ${fixed(p[0])}: ${fixed(p[1])} are positive, n = ${p[2]}`,
  decision: (c, s, p) => `threshold probability ${fixed(p[0], 2)}: net benefit ${fixed(p[1], 4)}`,
  history: (c, s, p) => `epoch ${p[0]}: ${fixed(p[1], 4)}`,
  parallel: (c, s, p) => `${c.x.labels[p[0]]} ${p[2]}`,
  slice: (c, s, p) => `${c.x.title} ${p[2]}: ${fixed(p[1], 4)}, run ${p[3]}`,
  front: (c, s, p) => `run ${p[2]}: ${c.x.title} ${fixed(p[0])}, ${c.y.title} ${fixed(p[1])} (${p[3]})`
};
function options(chart) {
  const ink = css("--soft"), grid = css("--grid");
  const axis = a => ({
    type: a.log ? "logarithmic" : "linear", min: a.min, max: a.max, title: { display: true, text: a.title, color: ink },
    ticks: { color: ink, display: !a.bare, precision: a.integer ? 0 : undefined, ...(a.labels ? { stepSize: 1, autoSkip: false, callback: v => a.labels[v] ?? "" } : {}) }, grid: { color: grid }, border: { color: grid }
  });
  return {
    responsive: true, maintainAspectRatio: false, animation: false, parsing: false, normalized: true,
    interaction: { mode: "nearest", intersect: false },
    scales: { x: axis(chart.x), y: axis(chart.y) },
    plugins: {
      legend: { display: chart.kind !== "parallel" && chart.kind !== "slice", position: "bottom", labels: { color: css("--ink"), boxWidth: 18, boxHeight: 2, filter: i => !chart.series[i.datasetIndex].thin || chart.series.findIndex(s => s.thin) === i.datasetIndex } },
      tooltip: { callbacks: { title: () => "", label: i => `${i.dataset.label}: ` + say[chart.kind](chart, i.dataset, i.raw.p) } }
    }
  };
}
function datasets(chart) {
  return chart.series.map(s => {
    const color = s.shade !== undefined ? `hsl(${Math.round(220 - 200 * s.shade)} 75% 50% / ${0.25 + 0.65 * s.shade})` : s.thin ? css("--c8") + "88" : css(`--c${s.color % 8 + 1}`);
    const dots = (chart.kind === "history" || chart.kind === "calibration") && s.points.length <= 60 && !s.dash;
    const point = s.mark ? 6 : s.dots ? 4 : dots ? 2.5 : 0;
    return {
      label: s.label, data: s.points.map(p => ({ x: p[0], y: p[1], p })), borderColor: color, backgroundColor: color,
      borderWidth: s.thin || s.dash || s.shade !== undefined ? 1.2 : 2.4, borderDash: s.dash ? [5, 5] : [], showLine: !s.mark && !s.dots,
      pointRadius: s.points.length === 1 && !s.dash ? Math.max(point, 4) : point, pointHoverRadius: s.dash ? 0 : 6, pointHitRadius: s.dash ? 0 : 8,
      pointStyle: s.mark ? "rectRot" : "circle", stepped: s.step || false, order: s.mark ? 0 : s.thin ? 2 : 1
    };
  });
}
function draw(id) {
  const canvas = document.getElementById(id), chart = page.charts[id];
  drawn.get(id)?.destroy();
  const made = new Chart(canvas, { type: "scatter", data: { datasets: datasets(chart).map(d => ({ ...d, type: "line" })) }, options: options(chart) });
  drawn.set(id, made);
}
function drawAll() { for (const id of Object.keys(page.charts)) draw(id); }
document.addEventListener("theme", drawAll);
/// Paper is light, whatever the screen is.
let screenTheme;
addEventListener("beforeprint", () => {
  screenTheme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  drawAll();
});
addEventListener("afterprint", () => {
  if (screenTheme) document.documentElement.dataset.theme = screenTheme; else delete document.documentElement.dataset.theme;
  drawAll();
});

for (const id of Object.keys(page.charts)) {
  const canvas = document.getElementById(id), word = document.getElementById(id + "-word");
  let at = -1, line = 0;
  canvas.addEventListener("keydown", e => {
    const series = page.charts[id].series, step = { ArrowRight: 1, ArrowLeft: -1 }[e.key], other = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!step && !other) return;
    e.preventDefault();
    if (other) { line = (line + other + series.length) % series.length; at = Math.max(0, Math.min(at, series[line].points.length - 1)); }
    if (step) at = Math.max(0, Math.min(at + step, series[line].points.length - 1));
    const chart = drawn.get(id), active = [{ datasetIndex: line, index: at }];
    chart.setActiveElements(active);
    chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
    chart.update();
    word.textContent = `${series[line].label}: ` + say[page.charts[id].kind](page.charts[id], series[line], series[line].points[at]);
  });
}

/// The operating point for looking at: counts at any threshold, from the predictions themselves.
for (const box of document.querySelectorAll("[data-operating]")) {
  const o = page.data[box.dataset.operating], range = box.querySelector("input"), out = box.querySelector("output");
  const p = page.data[o.predictions], col = n => p.columns.indexOf(n);
  const rows = p.rows.filter(r => cellOf(p, r, col("part")) === o.part && cellOf(p, r, col("replicate")) === 0)
    .map(r => [cellOf(p, r, col("score")), cellOf(p, r, col("y"))]);
  const marker = o.chart ? page.charts[o.chart].series.find(s => s.slider) : null;
  function move() {
    const t = Number(range.value);
    let tp = 0, fp = 0, pos = 0;
    for (const [score, y] of rows) { pos += y; if (score >= t) { if (y) tp++; else fp++; } }
    const neg = rows.length - pos, fn = pos - tp, tn = neg - fp;
    const ratio = (a, b) => b ? fixed(a / b) : "undefined";
    out.textContent = `${fixed(t, 3)}: sensitivity ${ratio(tp, pos)} (${tp} of ${pos}), specificity ${ratio(tn, neg)} (${tn} of ${neg}), ` +
      `J ${pos && neg ? fixed(tp / pos + tn / neg - 1) : "undefined"}, PPV ${ratio(tp, tp + fp)}, NPV ${ratio(tn, tn + fn)}`;
    if (marker && pos && neg) {
      marker.points[0] = [fp / neg, tp / pos, t];
      const chart = drawn.get(o.chart);
      if (chart) { chart.data.datasets[page.charts[o.chart].series.indexOf(marker)].data[0] = { x: fp / neg, y: tp / pos, p: marker.points[0] }; chart.update("none"); }
    }
  }
  range.addEventListener("input", move);
  move();
}
showTheme();
)js";

}  // namespace youden::report
