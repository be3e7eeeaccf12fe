// The model: inputs in, all lines of all periods out, and what is measured of them.
// Above this text stand the functions that the deal's own formulas became (K, T, ABOVE, m, x, opening, curves, period).
const deal = JSON.parse(document.getElementById("deal").textContent);
const closing = ABOVE * K;
const template = new Float64Array(m.length);
for (const [line, values] of deal.data) values.forEach((value, t) => { template[closing + t * K + line] = value ?? NaN; });
deal.inputs.forEach((input, i) => { x[i] = input.value; });

/** Compute all lines from the inputs in `x`. */
function recalculate() {
  m.set(template);
  opening(closing);
  for (const line of HELD) for (let t = 1, o = closing + line; t <= T; t++) m[o + t * K] = m[o];
  curves();
  for (let t = 1, o = closing + K; t <= T; t++, o += K) period(o);
}

/** A line in one period; period 0 is closing. */
const at = (line, t) => m[closing + t * K + line];
/** A line over all periods after closing. */
const series = line => { const s = new Float64Array(T); for (let t = 1; t <= T; t++) s[t - 1] = at(line, t); return s; };
const sum = s => { let total = 0; for (const value of s) total += value; return total; };
const plus = (a, b) => a.map((value, t) => value + b[t]);

/** Newton on a function that is nearly straight, above a least value; NaN where it does not come to rest. */
function root(f, start, least = -Infinity) {
  let z = start;
  for (let k = 0; k < 200; k++) {
    const [value, slope] = f(z), step = value / slope, size = 1 + Math.abs(z);
    if (!Number.isFinite(step)) return NaN;
    const next = z - Math.max(-0.5 * size, Math.min(0.5 * size, step));
    const near = Math.abs(step) < (k > 60 ? 1e-11 : 1e-14) * size;
    if (near || (k > 60 && next <= least && z - least < 1e-12 * size)) return z;
    z = next > least ? next : (z + least) / 2;
  }
  return NaN;
}

/** Value and slope of flows at a force: sum of CF e^(force t). */
function worth(flows, years, force) {
  let value = 0, slope = 0;
  for (let t = 0; t < flows.length; t++) {
    if (flows[t] === 0) continue;
    const part = flows[t] * Math.exp(force * years[t]);
    value += part; slope += part * years[t];
  }
  return [value, slope];
}

/** The force at which flows are worth a price. */
function forceAt(flows, years, price) {
  if (!(price > 0) || !(sum(flows) > 0)) return NaN;
  return root(force => { const [value, slope] = worth(flows, years, force); return [Math.log(value / price), slope / value]; }, -0.06);
}

/** Bond-equivalent yield at a price. */
const bondYield = (flows, years, price) => 2 * (Math.exp(-forceAt(flows, years, price) / 2) - 1);

/** Effective yearly return of flows, the first at once; of several the one nearest to nil. */
function annualReturn(flows, years) {
  if (flows[0] < 0 && flows.slice(1).every(flow => flow >= 0)) {
    return Math.exp(-forceAt(flows.slice(1), years.slice(1), -flows[0])) - 1;
  }
  const ladder = [0.02, 0.06, 0.12, 0.25, 0.5, 1, 2, 4, 8, 16, 40];
  const rungs = [...ladder.map(rung => -rung).reverse(), 0, ...ladder];
  const values = rungs.map(rung => worth(flows, years, rung)[0]);
  let best = NaN, far = Infinity;
  for (let k = 1; k < rungs.length; k++) {
    const reach = Math.max(Math.abs(rungs[k - 1]), Math.abs(rungs[k]));
    if (!(values[k - 1] * values[k] < 0) || reach >= far) continue;
    let low = rungs[k - 1], high = rungs[k];
    for (let n = 0; n < 80; n++) {
      const middle = (low + high) / 2;
      if ((worth(flows, years, middle)[0] < 0) === (values[k - 1] < 0)) low = middle; else high = middle;
    }
    best = (low + high) / 2; far = reach;
  }
  rungs.forEach((rung, k) => {
    if (values[k] === 0 && flows.some(flow => flow !== 0) && !(Math.abs(best) < Math.abs(rung))) best = rung;
  });
  return Math.exp(-best) - 1;
}

/** Weighted average life of principal, in years. */
function life(principal, years) {
  const paid = sum(principal);
  return paid === 0 ? NaN : sum(principal.map((amount, t) => amount * years[t])) / paid;
}

/** The margin over its index at which a floater's flows are worth a price. */
function discountMargin(flows, rates, fractions, price) {
  if (!(price > 0) || !(sum(flows) > 0)) return NaN;
  // below this a period would discount by nothing
  const least = rates.reduce((most, rate, t) => fractions[t] > 0 ? Math.max(most, -1 / fractions[t] - rate) : most, -Infinity);
  return root(margin => {
    let value = 0, slope = 0;
    for (let t = flows.length - 1; t >= 0; t--) {
      const factor = 1 / (1 + (rates[t] + margin) * fractions[t]);
      value = (value + flows[t]) * factor;
      slope = slope * factor - fractions[t] * factor * value;
    }
    return [Math.log(value / price), slope / value];
  }, 0, least);
}

/** All figures by the keys that the page shows them under. */
function figures() {
  const found = {}, line = deal.places;
  const proceeds = deal.notes.map(note => at(note.balance, 0) * (x[note.price] / 100));
  let every = new Float64Array(T);
  deal.notes.forEach((note, n) => {
    const key = `${n}.`, principal = series(note.principal_paid), flows = plus(series(note.interest_paid), principal);
    every = plus(every, flows);
    const paid = []; principal.forEach((amount, t) => { if (amount > 0.005) paid.push(t + 1); });
    found[key + "balance"] = at(note.balance, 0);
    found[key + "share"] = at(note.balance, 0) / at(line.whole, 0);
    found[key + "enhancement"] = at(note.enhancement, 0);
    found[key + "coupon"] = note.coupon_line === null ? x[note.coupon_input] : at(note.coupon_line, deal.first_payment);
    found[key + "wal"] = life(principal, deal.years);
    found[key + "yield"] = bondYield(flows, deal.years_from_closing, proceeds[n]);
    if (note.index !== null) {
      found[key + "margin"] = discountMargin(flows, series(note.index), note.fractions, proceeds[n]);
    }
    found[key + "first"] = paid.length ? deal.dates[paid[0]] : "";
    found[key + "last"] = paid.length ? deal.dates[paid[paid.length - 1]] : "";
    found[key + "interest_paid"] = sum(series(note.interest_paid));
    found[key + "principal_paid"] = sum(principal);
    found[key + "interest_short"] = at(note.interest_shortfall, T) + (note.interest_lost === null ? 0 : sum(series(note.interest_lost)));
    found[key + "principal_short"] = at(note.balance, T) + (note.unreimbursed === null ? 0 : at(note.unreimbursed, T));
  });
  const residual = line.residuals.map(series).reduce(plus, new Float64Array(T));
  found["pool.balance"] = at(line.pool, 0);
  found["pool.wal"] = life(line.pool_principal.map(series).reduce(plus), deal.years);
  found["pool.net_loss_rate"] = at(line.cumulative_net_loss, T) / at(line.initial_balance, T);
  found["pool.net_loss"] = at(line.cumulative_net_loss, T);
  found["pool.defaulted"] = sum(series(line.defaulted));
  found["residual.paid"] = sum(residual);
  const held = line.accounts.reduce((cash, account) => cash + at(account, 0), at(line.pool, 0));
  const invested = deal.series ? NaN : proceeds.reduce((left, raised) => left - raised, held);
  const flows = [-invested, ...residual];
  found["residual.irr"] = deal.series ? NaN : annualReturn(flows, [0, ...deal.years_from_closing]);
  const cost = line.fees.map(series).reduce(plus, every);
  found["deal.cost_of_funds"] = bondYield(cost, deal.years_from_closing, sum(proceeds));
  deal.triggers.forEach((trigger, n) => {
    let first = "", active = 0;
    for (let t = T; t >= 1; t--) { if (at(trigger.breached, t) > 0.5) first = deal.dates[t]; active += at(trigger.active, t) > 0.5; }
    found[`trigger.${n}.first`] = first;
    found[`trigger.${n}.active`] = active;
  });
  return found;
}

/** How far the page's own base case lies from the engine's, of the pool: the worst of all lines. */
function tieOut() {
  const pool = at(deal.places.pool, 0);
  let worst = 0;
  deal.totals.forEach(([total, money], line) => {
    if (total === null) return; // what is endless has no sum
    const difference = Math.abs(sum(series(line)) - total) / (money ? pool : Math.max(1, Math.abs(total)));
    if (!(difference <= worst)) worst = difference;
  });
  return worst;
}
