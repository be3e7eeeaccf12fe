// The page: what is typed goes into the model, and what the model says goes into the page.
const KINDS = { money: [0, ""], cents: [2, ""], rate: [3, "%"], percent: [2, "%"], life: [2, ""], factor: [6, ""], count: [0, ""], number: [4, ""] };
const grouped = (value, decimals) => {
  const text = Math.abs(value).toFixed(decimals), [whole, part] = text.split(".");
  const sign = value < 0 && Number(text) !== 0 ? "-" : "";
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part === undefined ? "" : `.${part}`);
};
/** A figure as formats.py prints it. */
function shown(value, kind) {
  if (typeof value === "string") return value || "-";
  if (value === undefined || !Number.isFinite(value)) return "-";
  const [decimals, behind] = KINDS[kind];
  return grouped(behind ? value * 100 : value, decimals) + behind;
}
const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };
/** A text in both languages. */
function both(en, zh) {
  if (en === zh) return document.createTextNode(en);
  const found = document.createDocumentFragment();
  for (const [language, text] of [["en", en], ["zh", zh]]) {
    const span = document.createElement("span");
    span.lang = language; span.textContent = text; found.append(span);
  }
  return found;
}
const made = (tag, ...inside) => { const found = document.createElement(tag); found.append(...inside); return found; };
const one = id => document.getElementById(id);

const fields = [...document.querySelectorAll("[data-input]")];
const sliders = new Map([...document.querySelectorAll("[data-slider]")].map(slider => [Number(slider.dataset.slider), slider]));
const measured = [...document.querySelectorAll("[data-f]")];
const tables = [...document.querySelectorAll("table.periods")];
let base = null, lines = null, spent = 0;

/** What is typed, as the model takes it; NaN where it is no number. A rate is typed in per cent. */
function read(text, kind) {
  const bare = text.trim().replace(/%$/, "").trim();
  const plain = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(bare) ? bare.replace(/,/g, "") : bare;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return NaN;
  if (kind !== "rate") return Number(plain);
  const [digits, power] = plain.toLowerCase().split("e");
  return Number(`${digits}e${Number(power || 0) - 2}`);
}

/** Take what stands in a field; say what is wrong with it otherwise. */
function take(field) {
  const place = Number(field.dataset.input), input = deal.inputs[place], value = read(field.value, input.kind);
  const [low, high] = input.limits, typed = input.kind === "rate" ? value * 100 : value;
  const bad = !(typed >= low && typed <= high);
  field.setAttribute("aria-invalid", bad ? "true" : "false");
  if (bad) {
    const unit = input.kind === "rate" ? "%" : "";
    one("message").replaceChildren(both(
      `${input.label[0]}: '${field.value}' is not taken; it is a number from ${low}${unit} to ${high}${unit}.`,
      `${input.label[1]}：不接受“${field.value}”，应为${low}${unit}至${high}${unit}之间的数字。`));
    return;
  }
  one("message").replaceChildren();
  x[place] = value;
  field.classList.toggle("changed", value !== input.value);
}

/** Compute the deal and its measures; how long it took is kept. */
function compute() {
  const start = performance.now();
  recalculate();
  const found = figures();
  spent = performance.now() - start;
  return found;
}

function refresh() {
  const found = compute();
  if (base === null) { base = found; lines = m.slice(); }
  const changed = deal.inputs.filter((input, i) => x[i] !== input.value);
  document.documentElement.classList.toggle("moved", changed.length > 0);
  for (const cell of measured) {
    const now = shown(found[cell.dataset.f], cell.dataset.k), before = shown(base[cell.dataset.f], cell.dataset.k);
    write(cell, now);
    const beside = cell.parentNode.querySelector("small.base");
    if (cell.tagName !== "B") continue;
    if (now === before) { if (beside) beside.remove(); continue; }
    const note = beside || made("small");
    note.className = "base"; write(note, before);
    if (!beside) cell.after(note);
  }
  deal.charts.forEach(draw);
  tables.forEach(fill);
  fillPeriod();
  tell(changed);
  if (explainedNow) explain(...explainedNow, false);
}

/** Say how many inputs were changed, and how the same is asked of the engine. */
function tell(changed) {
  const status = one("status");
  status.dataset.ms = String(spent);
  status.replaceChildren(changed.length === 0
    ? both("Base case.", "基准情景。")
    : both(`${changed.length} input${changed.length > 1 ? "s" : ""} changed; small figures are the base case.`, `已修改${changed.length}项输入；小字为基准情景。`));
  const typed = (input, value) => input.kind === "rate" ? `${trimmed(value * 100)}%` : trimmed(value);
  one("changes").replaceChildren(...changed.map(input => made("li", both(...input.label),
    `: ${typed(input, input.value)} → ${typed(input, x[deal.inputs.indexOf(input)])}`)));
  checkWholes();
}

/** Inputs that make 100% together and no longer do: the engine would refuse them. */
function checkWholes() {
  const wrong = deal.wholes.filter(places => Math.abs(places.reduce((sum, place) => sum + x[place], 0) - 1) > 1e-9);
  one("sums").replaceChildren(...wrong.map(places => {
    const [first, last] = [places[0], places[places.length - 1]].map(place => deal.inputs[place].label);
    const sum = trimmed(places.reduce((sum, place) => sum + x[place], 0) * 100);
    return both(`${first[0]} to ${last[0]} make ${sum}% together, and have to make 100%.`,
      `${first[1]}至${last[1]}合计${sum}%，应为100%。`);
  }));
}

/** A table with periods, if it is in sight. */
function fill(table) {
  const fold = table.closest("details");
  if (fold && !fold.open) return;
  const columns = [...table.tHead.rows[0].cells].slice(2).map(head => [Number(head.dataset.l), head.dataset.k]);
  const rows = table.tBodies[0].rows;
  for (let t = 0; t <= T; t++) {
    const cells = rows[t].cells;
    columns.forEach(([line, kind], k) => write(cells[k + 2], shown(at(line, t), kind)));
  }
}

/** The tables of one payment date. */
function fillPeriod() {
  const t = Number(one("period").value);
  write(one("period-date"), deal.dates[t]);
  document.querySelectorAll("td[data-l]").forEach(cell => write(cell, shown(at(Number(cell.dataset.l), t), cell.dataset.k)));
  document.querySelectorAll("tbody[data-force]").forEach(section => {
    const asleep = at(Number(section.dataset.force), t) < 0.5;
    section.classList.toggle("sleeping", asleep);
    section.querySelector(".asleep").hidden = !asleep;
  });
}

// ---- why a figure is what it is ---------------------------------------------------------------------------

let explainedNow = null;
const unitKind = { money: "cents", rate: "rate", flag: "count", factor: "factor" };
/** An input or a line as it is now, or as it is in the base case. */
function valueOf([kind, place, when], t, before = false) {
  if (kind === "i") {
    const input = deal.inputs[place], value = before ? input.value : x[place];
    return input.kind === "rate" ? `${trimmed(value * 100)}%` : input.kind === "money" ? grouped(value, 2) : trimmed(value);
  }
  const period = kind === "a" ? when : t - when, unit = deal.units[place];
  const value = period >= 0 && period <= T ? (before ? lines : m)[closing + period * K + place] : 0;
  return unit === "date" ? deal.dates[Math.max(0, period)] || "-" : shown(value, unitKind[unit] || "number");
}
function nameOf([kind, place, when]) {
  if (kind === "i") return deal.inputs[place].path;
  const path = deal.paths[place];
  return kind === "a" ? `${path}[${when}]` : when ? `${path}[${when > 0 ? "-" : "+"}${Math.abs(when)}]` : path;
}
/** What stands beside a value that is not the base case's: that of the base case. */
function beside(leaf, t) {
  const before = valueOf(leaf, t, true);
  if (before === valueOf(leaf, t)) return [];
  const note = made("small", both("base case ", "基准情景 "), before);
  note.className = "was";
  return [" ", note];
}
/** Show the formula of a line in a period, with names and with values, and what it reads as ways on. */
function explain(line, t, move = true) {
  explainedNow = [line, t];
  const [label, place, opening, later] = deal.explained[line], [en, zh] = deal.words[line];
  const formula = t === 0 ? opening : later, box = one("explanation");
  const close = made("button", both("Close", "关闭"));
  close.type = "button"; close.className = "close"; close.addEventListener("click", shut);
  const parts = [close, made("h3", both(label, zh || en)),
    made("p", made("code", `${deal.paths[line]}`), ` · ${deal.dates[t]} · `, made("strong", valueOf(["l", line, 0], t)),
      ...beside(["l", line, 0], t))];
  if (place) parts.push(made("p", both("Stands in ", "出处："), made("code", place)));
  if (formula && formula[0]) {
    const spoken = say => formula[0].replace(/\u27e6(\d+)\u27e7/g, (_, k) => say(formula[1][Number(k)]));
    parts.push(made("p", made("code", `= ${spoken(nameOf)}`)));
    if (formula[1].length) parts.push(made("p", made("code", `= ${spoken(leaf => valueOf(leaf, t))}`)));
  } else if (!formula) {
    parts.push(made("p", both("Given: known before the run, or unchanged since closing.", "已知数据，或自设立日起未变。")));
  }
  if (formula && formula[1].length) {
    const list = made("ul");
    for (const leaf of formula[1]) {
      const text = `${nameOf(leaf)} = ${valueOf(leaf, t)}`, was = beside(leaf, t);
      if (leaf[0] === "i") { list.append(made("li", text, ...was)); continue; }
      const way = made("button", text), period = leaf[0] === "a" ? leaf[2] : t - leaf[2];
      way.type = "button";
      if (period < 0 || period > T) { list.append(made("li", text, ...was)); continue; }
      way.addEventListener("click", () => explain(leaf[1], period));
      list.append(made("li", way, ...was));
    }
    parts.push(list);
  }
  box.replaceChildren(...parts);
  if (!move) return;
  one("line").value = deal.paths[line];
  box.scrollTop = 0;
  box.focus({ preventScroll: true });
}
/** Close the explanation, and go back to where it was asked for. */
function shut() {
  explainedNow = null;
  one("explanation").replaceChildren();
  if (askedFrom) askedFrom.focus({ preventScroll: true });
}
let askedFrom = null;
function clicked(event) {
  const cell = event.target.closest("td");
  if (!cell || !one("explanation")) return;
  const table = cell.closest("table");
  askedFrom = cell.closest(".scroll");
  if (cell.dataset.l) { explain(Number(cell.dataset.l), Number(one("period").value)); return; }
  if (!table || !table.classList.contains("periods")) return;
  const head = table.tHead.rows[0].cells[cell.cellIndex];
  if (head.dataset.l) explain(Number(head.dataset.l), cell.parentNode.sectionRowIndex);
}

// ---- events -----------------------------------------------------------------------------------------------

let waiting = false;
function soon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; refresh(); });
}
const form = one("inputs");
form.addEventListener("submit", event => event.preventDefault());
form.addEventListener("input", event => {
  const { input, slider } = event.target.dataset;
  if (slider !== undefined) {
    const field = one(`i${slider}`);
    field.value = event.target.value; take(field);
  } else if (input !== undefined) {
    take(event.target);
    if (sliders.has(Number(input))) sliders.get(Number(input)).value = event.target.value;
  } else return;
  soon();
});
form.addEventListener("reset", () => setTimeout(() => { fields.forEach(take); soon(); }));
one("period").addEventListener("input", fillPeriod);
one("line").addEventListener("change", event => {
  const line = deal.paths.indexOf(event.target.value);
  askedFrom = event.target;
  if (line >= 0) explain(line, Number(one("period").value));
});
document.addEventListener("click", clicked);
document.addEventListener("keydown", event => { if (event.key === "Escape" && explainedNow) shut(); });
tables.forEach(table => { const fold = table.closest("details"); if (fold) fold.addEventListener("toggle", () => fill(table)); });
deal.charts.forEach(watch);
const speak = () => {
  document.documentElement.classList.toggle("zh", one("zh").checked);
  document.documentElement.lang = one("zh").checked ? "zh" : "en";
};
document.querySelector(".language").addEventListener("change", speak);
speak();
document.documentElement.classList.add("live");
fields.forEach(take);
refresh();
const tie = tieOut(), ties = tie <= 1e-9, apart = tie.toExponential(1);
one("tie").className = ties ? "good" : "bad";
one("tie").replaceChildren(both(
  ties ? `Base case of this page against the engine: ${deal.paths.length} lines, ${tie === 0 ? "no difference in any" : `the largest difference is ${apart} of the pool`}.`
    : `This browser computes other figures than the engine (difference ${apart} of the pool): do not use them.`,
  ties ? `本页基准情景与引擎核对：${deal.paths.length}项数据，${tie === 0 ? "无差异" : `最大差异为资产池的${apart}`}。`
    : `本浏览器计算结果与引擎不一致（差异为资产池的${apart}），请勿使用。`));
// For scripts: any line, and the time that a run takes.
Object.defineProperty(window, "live", { value: Object.freeze({
  paths: deal.paths,
  line: path => Array.from({ length: T + 1 }, (_, t) => at(deal.paths.indexOf(path), t)),
  figures: () => figures(),
  time: runs => { const found = []; for (let k = 0; k < runs; k++) { compute(); found.push(spent); } return found; },
}) });
