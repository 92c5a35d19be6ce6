import { chart, colours, moment, nearest } from './chart.js';
import { number, t } from './format.js';
import { api, fill, frame, get, h, live, setSimulated, show, simulatedPill } from './frame.js';

frame();
const hours = { '1h': 1, '6h': 6, '1d': 24, '7d': 168, '14d': 336 };
const mostSeries = 40;
const parameters = new URLSearchParams(location.search);
let range = hours[parameters.get('range')] ? parameters.get('range') : '1d';
let drawn = null;
let asked = 0;
const input = h('input', { class: 'wide', name: 'expr', value: parameters.get('expr') || 'lighting_expected', 'aria-label': t('query'),
  list: 'metrics', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off' });
const names = h('datalist', { id: 'metrics' });
const buttons = Object.keys(hours).map((name) =>
  h('button', { type: 'button', 'data-range': name, onclick: () => { range = name; draw(); } }, t(name)));
const place = h('div', { class: 'card chart-place' }, h('p', { class: 'empty' }, t('loading')));
const tip = h('p', { class: 'tip' }, t('touch'));
const legend = h('div', { class: 'legend' });
const notes = h('div', { role: 'status' });

show(h('h1', {}, t('series')),
  h('form', { class: 'tools', onsubmit: (event) => { event.preventDefault(); draw(); } }, input, names,
    h('button', { type: 'submit' }, t('draw')),
    h('div', { class: 'ranges', role: 'group', 'aria-label': t('ranges') }, buttons)), place, tip, legend, notes);
live(['overview'], async () => setSimulated((await api('overview')).isSimulated));
get('api/v1/label/__name__/values').then((answer) =>
  fill(names, answer.data.slice(0, 500).map((name) => h('option', { value: name })))).catch(() => {});
new ResizeObserver(() => { if (drawn && place.clientWidth !== drawn.width) plot(); }).observe(place);
draw();

async function draw() {
  const expression = input.value.trim();
  const address = new URL(location.href);
  address.searchParams.set('expr', expression);
  address.searchParams.set('range', range);
  history.replaceState(null, '', address);
  for (const button of buttons) button.setAttribute('aria-pressed', button.dataset.range === range);
  // Whole steps, so that a chart drawn again shows the same points.
  const now = Math.floor(Date.now() / 1000);
  const step = Math.max(60, Math.ceil((hours[range] * 3600) / 600 / 60) * 60);
  const end = Math.floor(now / step) * step;
  const start = end - hours[range] * 3600;
  asked += 1;
  const mine = asked;
  place.setAttribute('aria-busy', 'true');
  try {
    // Meters report once an hour, so a value counts for one hour and a half.
    const query = new URLSearchParams({ query: expression, start, end, step, lookback_delta: Math.max(step, 5400) });
    const answer = await get(`api/v1/query_range?${query}`);
    if (mine !== asked) return;
    drawn = { result: answer.data.result, start, end, step, expression };
    plot();
    fill(notes, ...[...(answer.warnings || []), ...(answer.infos || [])].map((text) => h('p', { class: 'tip' }, text)));
  } catch (error) {
    if (mine !== asked) return;
    drawn = null;
    fill(legend);
    fill(notes);
    tip.textContent = '';
    fill(place, h('p', { class: 'error', role: 'alert' }, error instanceof TypeError ? t('unreachable') : error.message));
  } finally {
    if (mine === asked) place.removeAttribute('aria-busy');
  }
}

function plot() {
  const { result, start, end, step, expression } = drawn;
  // A page in the background may have no width yet; the observer calls again when it has.
  if (place.clientWidth < 100) return;
  drawn.width = place.clientWidth;
  tip.textContent = result.length ? t('touch') : '';
  const shown = result.slice(0, mostSeries);
  if (!shown.length) {
    fill(legend);
    fill(place, h('p', { class: 'empty' }, t('noSeries')));
    return;
  }
  const values = shown.map((one) => h('b', {}));
  const style = getComputedStyle(place);
  const width = place.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  fill(place, chart(shown.map((one) => one.values), { start, end, step, width, label: expression, onPoint: (second) => {
    tip.textContent = `${t('at')} ${moment(second)}`;
    shown.forEach((one, index) => {
      const near = nearest(one.values, second, step);
      values[index].textContent = near === null ? '—' : number(near, '', 4);
    });
  } }));
  fill(legend, shown.map((one, index) => h('span', {},
    h('i', { style: `background:${colours[index % colours.length]}` }), name(one.metric, expression), ' ',
    one.metric.simulated === 'true' ? simulatedPill() : null, ' ', values[index])),
  result.length > shown.length ? h('span', {}, `+ ${result.length - shown.length} ${t('moreSeries')}`) : null);
}

function name(metric, expression) {
  const place = metric.device || metric.feeder || metric.zone || metric.route || metric.village;
  if (place && metric.__name__) return `${metric.__name__} · ${place}${metric.channel ? ` ${metric.channel}` : ''}`;
  const inner = Object.entries(metric).filter(([key]) => key !== '__name__').map(([key, value]) => `${key}="${value}"`).join(', ');
  return `${metric.__name__ || ''}${inner ? `{${inner}}` : ''}` || expression;
}
