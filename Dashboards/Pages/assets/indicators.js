import { api, chartLink, frame, h, language, live, number, outcomePill, percent, pill, setSimulated, show, simulatedPill, t, time } from './frame.js';

frame();
const parameters = new URLSearchParams(location.search);
const opened = new Set();
let cards = [];
let chosen = `${parameters.get('unit') || ''}|${parameters.get('set') || ''}`;
let onlyJudged = false;

live(['indicators'], async () => {
  const [overview, indicators] = await Promise.all([api('overview'), api('indicators')]);
  setSimulated(overview.isSimulated);
  cards = indicators.scorecards;
  draw();
});

const key = (card) => `${card.unit}|${card.set}`;

function draw() {
  if (!cards.length) {
    show(h('h1', {}, t('indicators')), h('p', { class: 'card empty' }, t('noIndicators')));
    return;
  }
  const card = cards.find((one) => key(one) === chosen) || cards[0];
  const choose = h('select', { 'aria-label': t('unit'), onchange: (event) => { chosen = event.target.value; draw(); } },
    cards.map((one) => h('option', { value: key(one), selected: one === card },
      `${one.unitName} – ${language === 'vi' ? one.titleVi : one.titleEn}`)));
  const filter = h('label', {}, h('input', { type: 'checkbox', checked: onlyJudged,
    onchange: (event) => { onlyJudged = event.target.checked; draw(); } }), ' ', t('onlyJudged'));
  const groups = new Map();
  for (const verdict of card.verdicts) {
    if (onlyJudged && verdict.value === null && verdict.outcome === 'no_threshold') continue;
    groups.set(verdict.criterion, [...(groups.get(verdict.criterion) || []), verdict]);
  }
  show(
    h('h1', {}, card.unitName, ' ', card.isSimulated ? simulatedPill() : null),
    h('p', { class: 'sub' }, `${language === 'vi' ? card.titleVi : card.titleEn} · ${card.source}`),
    h('div', { class: 'tools' }, choose, filter),
    h('div', { class: 'card' },
      h('div', { class: 'big' }, `${card.criteriaMet}/${card.criteria} `, h('small', {}, t('criteria')), ` · ${card.indicatorsMet}/${card.indicators} `,
        h('small', {}, t('indicatorsOf'))),
      h('div', { class: 'tools' }, ['met', 'not_met', 'not_enough_data', 'no_threshold'].map((outcome) =>
        h('span', {}, outcomePill(outcome), ` ${card.outcomes[outcome] || 0}`)))),
    h('h2', {}, t('criterion')),
    h('div', { class: 'scroll' }, [...groups].map(([code, verdicts]) => criterion(code, verdicts))));
}

function criterion(code, verdicts) {
  const first = verdicts[0];
  const met = verdicts.filter((verdict) => verdict.outcome === 'met').length;
  const judged = verdicts.some((verdict) => verdict.value !== null && verdict.value !== undefined);
  const details = h('details', { open: opened.has(code) || (judged && opened.size === 0) },
    h('summary', {}, h('span', {}, h('strong', {}, `${code}. `), language === 'vi' ? first.criterionVi : first.criterionEn),
      pill(met === verdicts.length ? 'good' : '', `${met}/${verdicts.length}`)),
    h('div', { class: 'inside' }, verdicts.map(verdictRow)));
  details.addEventListener('toggle', () => (details.open ? opened.add(code) : opened.delete(code)));
  return details;
}

function verdictRow(verdict) {
  const name = language === 'vi' ? verdict.nameVi : verdict.nameEn;
  const has = (value) => value !== null && value !== undefined;
  const rows = [];
  const row = (label, ...value) => rows.push(h('dt', {}, t(label)), h('dd', {}, ...value));
  if (has(verdict.value)) row('value', number(verdict.value, verdict.unit, 2));
  if (has(verdict.low) && verdict.low !== verdict.high) {
    row('range', `${number(verdict.low, '', 2)} – ${number(verdict.high, verdict.unit, 2)}`);
  }
  if (has(verdict.coverage)) row('coverage', percent(verdict.coverage, 1));
  row('threshold', verdict.threshold || t('no_threshold'));
  if (verdict.thresholdSource) row('source', verdict.thresholdSource);
  if (has(verdict.from)) row('window', `${time(verdict.from)} – ${time(verdict.to)}`);
  row('evidence', t(verdict.evidence));
  return h('article', { class: 'verdict' },
    h('header', {},
      h('span', {}, h('strong', {}, `${verdict.code} `), name, ' ',
        verdict.isNameVerified ? null : pill('', t('unverified')), verdict.isSimulated ? simulatedPill() : null),
      outcomePill(verdict.outcome)),
    h('p', { class: 'meta' }, language === 'vi' ? verdict.reasonVi : verdict.reasonEn),
    h('dl', {}, rows),
    verdict.expressions.length ? h('details', {}, h('summary', {}, h('span', {}, t('expression'))),
      verdict.expressions.map((text) => h('p', {}, h('a', { href: chartLink(text, '14d') }, h('code', {}, text))))) : null);
}
