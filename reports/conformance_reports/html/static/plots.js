// Lines differ by dash as well as by colour; drawn again when the colours or the width change.
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [1, 3]];
const BORDERS = ["solid", "dashed", "dotted", "double"];
const COLOURS = {
  light: ["#0a58ca", "#a4161a", "#12612b", "#7a4b00", "#6b21a8", "#0e7490"],
  dark: ["#7cb3ff", "#ff9b98", "#7fd396", "#f0c070", "#c9a2ff", "#67d4e8"],
};
const HEIGHT = 220;
const drawn = new Map();

const axis = (label) => {
  const style = getComputedStyle(document.body);
  const grid = { stroke: style.getPropertyValue("--line"), width: 1 };
  return { stroke: style.getPropertyValue("--quiet"), grid, ticks: grid, font: "11px system-ui", ...label };
};

const draw = (id, data, series, options) => {
  const place = find(id);
  if (!place) return;
  drawn.get(id)?.destroy();
  const plot = { width: place.clientWidth, height: HEIGHT, series: [{ label: options.label }, ...series], axes: [axis(options.x), axis()], scales: options.scales, legend: { markers: { width: 2, dash: (_, n) => BORDERS[(n - 1) % BORDERS.length] } } };
  drawn.set(id, new uPlot(plot, data, place));
};

const colours = () => COLOURS[matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"];

const lines = (names) =>
  names.map((label, number) => ({
    label, width: 1.5, stroke: colours()[number % colours().length], dash: DASHES[number % DASHES.length], points: { show: false },
  }));

const drawCurves = (id, shares, curves) =>
  draw(id, [shares, ...Object.values(curves)], lines(Object.keys(curves)), { label: "percentile", scales: { x: { time: false }, y: { distr: 3 } } });

const drawLine = ({ line, failed }) => {
  const apart = new Set(failed);
  const dots = (label, number, size) => ({ label, stroke: colours()[number], paths: () => null, points: { show: true, size, fill: colours()[number] } });
  const data = [line.map((_, n) => n + 1), line.map((ms, n) => (apart.has(n) ? null : ms)), line.map((ms, n) => (apart.has(n) ? ms : null))];
  draw("plot-line", data, [dots("ms", 0, 3), dots("ms, failed", 1, 7)], { label: "case", scales: { x: { time: false }, y: { distr: 3 } } });
};

const drawTrend = ({ runs, findings, failed }) => {
  const numbers = runs.map((_, number) => number);
  const series = lines(["findings", "failed requirements"]).map((one) => ({ ...one, points: { show: true, size: 6 } }));
  const names = { values: (_, ticks) => ticks.map((tick) => runs[tick] ?? ""), incrs: [1, 2, 5, 10, 20, 50, 100], space: 120 };
  draw("plot-trend", [numbers, findings, failed], series, { label: "run", scales: { x: { time: false } }, x: names });
};

const drawAll = () => {
  drawTrend(JSON.parse(find("trend").textContent));
  if (!find("behaviour")) return;
  const curves = JSON.parse(find("curves").textContent);
  drawCurves("plot-operations", curves.shares, curves.operations);
  drawCurves("plot-intents", curves.shares, curves.intents);
  drawLine(curves);
};

setTimeout(drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
let resizing;
addEventListener("resize", () => {
  clearTimeout(resizing);
  resizing = setTimeout(() => drawn.forEach((plot, id) => plot.setSize({ width: find(id).clientWidth, height: HEIGHT })), 100);
});
