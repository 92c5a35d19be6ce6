import { either, has, number, percent, t, time } from './format.js';
import { api, chartLink, fill, fold, frame, h, live, outcomePill, pill, setSimulated, show, simulatedPill } from './frame.js';

frame();
const outcomes = ['met', 'not_met', 'not_enough_data', 'no_threshold'];
const parameters = new URLSearchParams(location.search);
let view = null;
let chosen = `${parameters.get('unit') || ''}|${parameters.get('set') || ''}`;
let onlyJudged = false;
const result = h('div', {});
const select = h('select', { class: 'grow', 'aria-label': t('scorecards'), onchange: (event) => {
  chosen = event.target.value;
  const [unit, set] = chosen.split('|');
  const address = new URL(location.href);
  address.searchParams.set('unit', unit);
  address.searchParams.set('set', set);
  history.replaceState(null, '', address);
  draw();
} });
const filter = h('label', {}, h('input', { type: 'checkbox', onchange: (event) => { onlyJudged = event.target.checked; draw(); } }),
  ' ', t('onlyJudged'));

live(['indicators', 'overview'], async () => {
  const [overview, indicators] = await Promise.all([api('overview'), api('indicators')]);
  setSimulated(overview.isSimulated);
  view = indicators;
  if (!result.isConnected) show(h('h1', {}, t('indicators')), h('div', { class: 'tools' }, select, filter), result);
  options();
  draw();
});

const key = (card) => `${card.unit}|${card.set}`;
const current = () => view.scorecards.find((one) => key(one) === chosen) || view.scorecards[0];

function options() {
  const names = JSON.stringify(view.scorecards.map(key));
  if (select.dataset.names === names) return;
  select.dataset.names = names;
  select.replaceChildren(...view.scorecards.map((one) =>
    h('option', { value: key(one), selected: one === current() }, `${one.unitName} – ${either(one, 'title')}`)));
}

function draw() {
  const card = current();
  select.hidden = filter.hidden = !card;
  if (!card) {
    fill(result, h('p', { class: 'card empty' }, t('noIndicators')));
    return;
  }
  const groups = new Map();
  for (const verdict of card.verdicts) {
    if (onlyJudged && !has(verdict.value) && !has(verdict.coverage)) continue;
    groups.set(verdict.criterion, [...(groups.get(verdict.criterion) || []), verdict]);
  }
  fill(result,
    h('h2', {}, card.unitName, ' ', card.isSimulated ? simulatedPill() : null),
    h('p', { class: 'sub' }, `${either(card, 'title')} · ${card.source} · ${t('updated')} ${time(view.computedAt)}`),
    h('div', { class: 'card' },
      h('div', { class: 'big' }, `${card.criteriaMet}/${card.criteria} `, h('small', {}, t('criteriaMet')),
        ` · ${card.indicatorsMet}/${card.indicators} `, h('small', {}, t('indicatorsMet'))),
      h('div', { class: 'tools' }, outcomes.map((outcome) => h('span', {}, outcomePill(outcome), ` ${card.outcomes[outcome] || 0}`)))),
    h('h2', {}, t('criteriaList')),
    groups.size ? h('div', { class: 'scroll' }, [...groups].map(([code, verdicts]) => criterion(code, verdicts)))
      : h('p', { class: 'card empty' }, t('noData')));
}

function criterion(code, verdicts) {
  const met = verdicts.filter((verdict) => verdict.outcome === 'met').length;
  const hasFigures = verdicts.some((verdict) => has(verdict.value) || has(verdict.coverage));
  return fold(`criterion-${code}`, {},
    [h('span', {}, h('strong', {}, `${code}. `), either(verdicts[0], 'criterion')),
      pill(met === verdicts.length ? 'good' : '', `${met}/${verdicts.length} ${t('met')}`)],
    h('div', { class: 'inside' }, verdicts.map(verdictRow)), hasFigures);
}

function verdictRow(verdict) {
  const rows = [];
  const row = (label, value) => rows.push(h('dt', {}, t(label)), h('dd', {}, value));
  row('value', number(verdict.value, verdict.unit, 2));
  if (has(verdict.low) && has(verdict.high) && verdict.low !== verdict.high) {
    row('range', `${number(verdict.low, '', 2)} – ${number(verdict.high, verdict.unit, 2)}`);
  }
  row('coverage', percent(verdict.coverage, 1));
  row('threshold', either(verdict, 'threshold') || t('no_threshold'));
  if (verdict.thresholdSource) row('source', verdict.thresholdSource);
  if (has(verdict.from)) row('window', `${time(verdict.from)} – ${time(verdict.to)}`);
  row('evidence', t(verdict.evidence));
  return h('article', { class: 'verdict' },
    h('div', { class: 'head' },
      h('span', {}, h('strong', {}, `${verdict.code} `), either(verdict, 'name'), ' ',
        verdict.isNameVerified ? null : pill('', t('unverified')), ' ', verdict.isSimulated ? simulatedPill() : null),
      outcomePill(verdict.outcome)),
    h('p', { class: 'meta' }, either(verdict, 'reason')),
    h('dl', {}, rows),
    verdict.expressions.length ? fold(`expression-${verdict.id}-${verdict.code}`, { class: 'plain' },
      h('span', {}, t('walkBack')),
      h('ul', {}, verdict.expressions.map((text) => h('li', {},
        h('a', { href: chartLink(text, '14d'), 'data-key': text }, h('code', {}, text)))))) : null);
}
