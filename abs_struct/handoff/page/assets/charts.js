// Charts: the same whole-numbered geometry as charts.py.
const WIDTH = 5600, HEIGHT = 2600, LEFT = 560, RIGHT = 40, TOP = 120, BOTTOM = 260, STEPS = 4;
const NICE = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The last period that is drawn: one after the last in which the notes have a balance. */
function horizon() {
  let last = 0;
  for (let t = 0; t <= T; t++) if (at(deal.places.notes, t) > 0.005) last = t;
  return Math.max(1, Math.min(last + 1, T));
}

/** The values of a curve by period, NaN where nothing is drawn. */
function points(curve, chart) {
  const found = new Array(T + 1);
  for (let t = 0; t <= T; t++) {
    let value = at(curve.line, t);
    if (curve.over !== null) value = at(curve.over, t) === 0 ? 0 : value / at(curve.over, t);
    if (curve.during !== null && at(curve.during, t) <= 0.005) value = NaN;
    if (curve.tested && t === 0) value = NaN;
    if (chart.most !== null) value = Math.min(value, chart.most);
    found[t] = value / chart.unit;
  }
  return found;
}

function stepOf(largest) {
  if (largest <= 0) return 1 / STEPS;
  const wanted = largest / STEPS, power = 10 ** Math.floor(Math.log10(wanted));
  const nice = NICE.find(nice => power * nice >= wanted * (1 - 1e-9));
  return nice === undefined ? power * 10 : power * nice;
}

const across = (t, end) => Math.floor(LEFT + (WIDTH - LEFT - RIGHT) * t / end + 0.5);
const up = (value, top) => Math.floor(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top + 0.5);

function outline(values, end, top) {
  let text = "", pen = false;
  for (let t = 0; t <= end; t++) {
    if (Number.isNaN(values[t])) { pen = false; continue; }
    text += `${pen ? "L" : "M"}${across(t, end)} ${up(values[t], top)}`;
    pen = true;
  }
  return text;
}

function band(below, above, end, top) {
  let back = "";
  for (let t = end; t >= 0; t--) back += `L${across(t, end)} ${up(below[t], top)}`;
  return `${outline(above, end, top)}${back}Z`;
}

const trimmed = value => String(Number(value.toPrecision(6)));

/** Redraw a chart. */
function draw(chart) {
  const figure = document.getElementById(`chart-${chart.name}`), end = horizon();
  const found = chart.curves.map(curve => points(curve, chart));
  let largest = 0, paths;
  const sums = [new Array(T + 1).fill(0)];
  if (chart.stacked) for (const values of found) sums.push(values.map((value, t) => value + sums[sums.length - 1][t]));
  const seen = chart.stacked ? [sums[sums.length - 1]] : found;
  for (const values of seen) for (let t = 0; t <= end; t++) if (values[t] > largest) largest = values[t];
  const step = stepOf(largest), top = step * STEPS;
  if (chart.stacked) paths = found.map((_, k) => band(sums[k], sums[k + 1], end, top));
  else paths = found.map(values => outline(values.map(value => value < 0 ? 0 : value), end, top));
  figure.querySelectorAll("path.area, path.line").forEach((shape, k) => shape.setAttribute("d", paths[k]));
  figure.querySelectorAll("text.y").forEach((text, k) => write(text, trimmed(step * k) + chart.suffix));
  figure.querySelectorAll("text.x").forEach((text, k) => write(text, deal.dates[Math.floor(end * k / STEPS)].slice(0, 7)));
  chart.now = { found, end, top };
  if (!chart.base) chart.base = found;
  figure.querySelectorAll("path.ghost").forEach((shape, k) => {
    shape.setAttribute("d", outline(chart.base[k].map(value => Math.min(top, value < 0 ? 0 : value)), end, top));
  });
}

/** Show the values of one period below a chart. */
function point(chart, t) {
  const figure = document.getElementById(`chart-${chart.name}`), { found, end } = chart.now;
  const inside = t !== null && t >= 0 && t <= end;
  figure.querySelector(".pointer").setAttribute("d", inside ? `M${across(t, end)} ${TOP}V${HEIGHT - BOTTOM}` : "");
  const output = figure.querySelector("output");
  chart.pointed = inside ? t : null;
  if (!inside) { output.textContent = ""; return; }
  output.replaceChildren(deal.dates[t], ...chart.curves.flatMap((curve, k) => {
    const value = found[k][t];
    return Number.isNaN(value) ? [] : [" · ", both(...curve.label), ` ${chart.suffix ? value.toFixed(2) + "%" : grouped(value, 2)}`];
  }));
}

function watch(chart) {
  const picture = document.querySelector(`#chart-${chart.name} svg`);
  picture.addEventListener("pointermove", event => {
    const box = picture.getBoundingClientRect(), { end } = chart.now;
    const place = (event.clientX - box.left) / box.width * WIDTH;
    point(chart, Math.max(0, Math.min(end, Math.round((place - LEFT) / (WIDTH - LEFT - RIGHT) * end))));
  });
  picture.addEventListener("pointerleave", () => point(chart, null));
  picture.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = chart.pointed ?? (step > 0 ? -1 : chart.now.end + 1);
    point(chart, Math.max(0, Math.min(chart.now.end, now + step)));
  });
  picture.addEventListener("blur", () => point(chart, null));
}
