import { api, frame, get, h, number, setSimulated, show, svg, t } from './frame.js';

frame();
const parameters = new URLSearchParams(location.search);
const ranges = { '6h': 6, '1d': 24, '3d': 72, '14d': 336 };
const rangeNames = { '6h': 'hours6', '1d': 'day1', '3d': 'days3', '14d': 'days14' };
const colours = ['#0b6e99', '#c2410c', '#15803d', '#7e22ce', '#b45309', '#be123c', '#0e7490', '#4d7c0f', '#6d28d9', '#9f1239'];
const mostSeries = 40;
let range = ranges[parameters.get('range')] ? parameters.get('range') : '1d';
const input = h('input', { class: 'wide', name: 'expr', value: parameters.get('expr') || 'lighting_expected', 'aria-label': t('query'), spellcheck: 'false' });
const chart = h('div', { class: 'card' });
const tip = h('p', { class: 'tip', 'aria-live': 'polite' }, t('touch'));
const choice = h('select', { onchange: (event) => { range = event.target.value; draw(); } },
  Object.keys(ranges).map((name) => h('option', { value: name, selected: name === range }, t(rangeNames[name]))));

show(h('h1', {}, t('series')),
  h('form', { class: 'tools', onsubmit: (event) => { event.preventDefault(); draw(); } }, input, choice,
    h('button', { type: 'submit' }, t('draw'))), chart, tip);
api('overview').then((overview) => setSimulated(overview.isSimulated)).catch(() => {});
draw();

async function draw() {
  const expression = input.value.trim();
  history.replaceState(null, '', `/series?expr=${encodeURIComponent(expression)}&range=${range}`);
  const end = Math.floor(Date.now() / 1000);
  const start = end - ranges[range] * 3600;
  const step = Math.max(60, Math.ceil((end - start) / 600 / 60) * 60);
  try {
    const query = new URLSearchParams({ query: expression, start, end, step, lookback_delta: Math.max(300, step, 5400) });
    const answer = await get(`/api/v1/query_range?${query}`);
    plot(answer.data.result, start, end, step);
  } catch (error) {
    chart.replaceChildren(h('p', { class: 'error', role: 'alert' }, error.message));
  }
}

function plot(result, start, end, step) {
  if (!result.length) {
    chart.replaceChildren(h('p', { class: 'empty' }, t('noSeries')));
    return;
  }
  const shown = result.slice(0, mostSeries);
  const width = 1000; const height = 380; const left = 74; const bottom = 28; const top = 10; const right = 10;
  const values = shown.flatMap((one) => one.values.map(([, value]) => Number(value))).filter(Number.isFinite);
  let low = Math.min(...values, Infinity); let high = Math.max(...values, -Infinity);
  if (!Number.isFinite(low)) { low = 0; high = 1; }
  if (low > 0 && low < (high - low) * 2) low = 0;
  if (low === high) { low -= Math.abs(low) * 0.1 || 1; high += Math.abs(high) * 0.1 || 1; }
  const ticks = niceTicks(low, high);
  low = Math.min(low, ticks[0]); high = Math.max(high, ticks[ticks.length - 1]);
  const x = (second) => left + ((second - start) / (end - start)) * (width - left - right);
  const y = (value) => top + (1 - (value - low) / (high - low)) * (height - top - bottom);
  const picture = svg('svg', { class: 'chart', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': input.value });
  for (const value of ticks) {
    picture.append(svg('line', { x1: left, x2: width - right, y1: y(value), y2: y(value), stroke: 'currentColor', 'stroke-opacity': 0.15 }));
    picture.append(label(number(value, '', 4), left - 8, y(value) + 5, 'end'));
  }
  for (const second of timeTicks(start, end)) {
    picture.append(svg('line', { x1: x(second), x2: x(second), y1: top, y2: height - bottom, stroke: 'currentColor', 'stroke-opacity': 0.1 }));
    picture.append(label(clock(second), x(second), height - 8, 'middle'));
  }
  shown.forEach((one, index) => picture.append(svg('path', {
    d: path(one.values, x, y, step), fill: 'none', stroke: colours[index % colours.length], 'stroke-width': 2, 'stroke-linejoin': 'round',
  })));
  const marker = svg('line', { x1: 0, x2: 0, y1: top, y2: height - bottom, stroke: 'currentColor', 'stroke-opacity': 0 });
  picture.append(marker);
  picture.addEventListener('pointermove', (event) => {
    const box = picture.getBoundingClientRect();
    const second = start + (((event.clientX - box.left) / box.width) * width - left) / (width - left - right) * (end - start);
    if (second < start || second > end) return;
    marker.setAttribute('x1', x(second)); marker.setAttribute('x2', x(second)); marker.setAttribute('stroke-opacity', 0.5);
    tip.textContent = `${clock(second, true)} · ` + shown.map((one) => {
      const near = nearest(one.values, second, step * 1.5);
      return near === null ? null : `${name(one.metric)} = ${number(near, '', 4)}`;
    }).filter(Boolean).slice(0, 8).join(' · ');
  });
  chart.replaceChildren(picture,
    h('div', { class: 'legend' }, shown.map((one, index) => h('span', {},
      h('b', { style: `background:${colours[index % colours.length]}` }), name(one.metric))),
    result.length > shown.length ? h('span', {}, `+ ${result.length - shown.length} ${t('moreSeries')}`) : null));
}

const label = (text, x, y, anchor) =>
  svg('text', { x, y, 'text-anchor': anchor, 'font-size': 15, fill: 'currentColor', 'fill-opacity': 0.75 }, text);

// A line breaks where a step has no value: a gap must look like a gap.
function path(values, x, y, step) {
  let text = ''; let last = null;
  for (const [second, raw] of values) {
    const value = Number(raw);
    if (!Number.isFinite(value)) { last = null; continue; }
    const isJoined = last !== null && second - last <= step * 1.01;
    text += `${isJoined ? 'L' : 'M'}${x(second).toFixed(1)} ${y(value).toFixed(1)}`;
    if (!isJoined) text += 'h0.1';
    last = second;
  }
  return text;
}

function nearest(values, second, reach) {
  let best = null; let distance = reach;
  for (const [at, value] of values) {
    if (Math.abs(at - second) <= distance) { distance = Math.abs(at - second); best = Number(value); }
  }
  return best;
}

function niceTicks(low, high) {
  const raw = (high - low) / 5; const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw);
  const ticks = [];
  for (let value = Math.floor(low / step) * step; value <= high + step * 0.001; value += step) ticks.push(Number(value.toPrecision(12)));
  if (ticks[ticks.length - 1] < high) ticks.push(ticks[ticks.length - 1] + step);
  return ticks;
}

const offset = 7 * 3600;
function timeTicks(start, end) {
  const step = [3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400].find((size) => (end - start) / size <= 8) || 2 * 86400;
  const ticks = [];
  for (let at = Math.ceil((start + offset) / step) * step - offset; at <= end; at += step) ticks.push(at);
  return ticks;
}

function clock(second, isFull = false) {
  const date = new Date((second + offset) * 1000).toISOString();
  const day = `${date.slice(8, 10)}/${date.slice(5, 7)}`; const hour = date.slice(11, 16);
  return isFull || hour !== '00:00' ? (isFull ? `${day} ${hour}` : hour) : day;
}

function name(metric) {
  const labels = metric.device || metric.feeder || metric.village || metric.zone || metric.route;
  if (labels && metric.__name__) return `${metric.__name__} ${labels}${metric.channel ? ` ${metric.channel}` : ''}`;
  const inner = Object.entries(metric).filter(([key]) => key !== '__name__').map(([key, value]) => `${key}="${value}"`).join(', ');
  return `${metric.__name__ || ''}${inner ? `{${inner}}` : ''}` || input.value;
}
