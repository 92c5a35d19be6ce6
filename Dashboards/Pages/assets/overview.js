import { alertCard } from './alert-card.js';
import { either, has, number, percent, t, time } from './format.js';
import { api, frame, h, live, pill, setSimulated, show, simulatedPill } from './frame.js';

frame();
live(['overview', 'alerts', 'indicators', 'devices'], async () => {
  const [overview, alerts, indicators] = await Promise.all([api('overview'), api('alerts'), api('indicators')]);
  setSimulated(overview.isSimulated);
  const own = alerts.open.filter((alert) => alert.state === 'firing' && !alert.absorbedBy);
  show(
    h('h1', {}, overview.name),
    h('p', { class: 'sub' }, `${t('updated')} ${time(overview.time)}`),
    has(overview.fillProgress) ? underWay('filling', overview.fillProgress) : null,
    has(overview.retakingProgress) ? underWay('retaking', overview.retakingProgress) : null,
    overview.services.length ? h('div', { class: 'cards' }, overview.services.map(serviceCard))
      : h('p', { class: 'card empty' }, t('noData')),
    h('h2', {}, `${t('openAlerts')} (${own.length})`),
    h('div', { class: 'list' },
      own.length ? own.slice(0, 4).map(alertCard) : h('p', { class: 'card empty' }, t('noAlerts'))),
    own.length > 4 ? h('p', {}, h('a', { href: 'alerts' }, `${t('allAlerts')} (${own.length})`)) : null,
    h('h2', {}, t('scorecards')),
    indicators.scorecards.length
      ? h('div', { class: 'cards' }, indicators.scorecards.map(scorecard))
      : h('p', { class: 'card empty' }, t('noIndicators')),
    h('h2', {}, t('villages')),
    overview.villages.length ? villageTable(overview.villages) : h('p', { class: 'card empty' }, t('noData')),
    h('h2', {}, t('gateway')), h('div', { class: 'cards' }, brokerCard(overview), storeCard(overview)));
});

function underWay(what, progress) {
  return h('div', { class: 'card' }, `${t(what)}: ${percent(progress)}`,
    h('div', { class: 'meter' }, h('i', { style: `width:${progress * 100}%` })));
}

function serviceCard(service) {
  const [first, ...rest] = service.figures;
  const name = (figure) => either(figure, 'name');
  const mark = service.isSimulated ? simulatedPill() : null;
  return h('section', { class: 'card' },
    h('h3', {}, t(service.kind), h('span', {}, mark, ' ',
      pill(service.devicesUp === service.devices ? 'good' : 'warn', `${service.devicesUp}/${service.devices}`))),
    first ? h('div', { class: has(first.value) ? 'big' : 'big none' }, number(first.value, first.unit), ' ', h('small', {}, name(first))) : null,
    h('dl', {}, rest.flatMap((figure) => [h('dt', {}, name(figure)), h('dd', {}, number(figure.value, figure.unit))]),
      h('dt', {}, t('devicesUp')), h('dd', {}, `${service.devicesUp} / ${service.devices}`)));
}

function scorecard(card) {
  const bar = ['met', 'not_met', 'not_enough_data'].map((outcome) => {
    const kind = { met: '', not_met: 'rest-bad', not_enough_data: 'rest-warn' }[outcome];
    return h('i', { class: kind, style: `width:${(100 * (card.outcomes[outcome] || 0)) / card.indicators}%` });
  });
  return h('section', { class: 'card' },
    h('h3', {}, card.unitName, card.isSimulated ? simulatedPill() : null),
    h('div', { class: 'meta' }, either(card, 'title')),
    h('div', { class: 'big' }, `${card.criteriaMet}/${card.criteria} `, h('small', {}, t('criteria'))),
    h('div', {}, `${card.indicatorsMet}/${card.indicators} ${t('indicatorsOf')} ${t('met')}`),
    h('div', { class: 'meter', 'aria-hidden': 'true' }, bar),
    h('dl', {}, ['not_met', 'not_enough_data', 'no_threshold'].flatMap((outcome) =>
      [h('dt', {}, t(outcome)), h('dd', {}, card.outcomes[outcome] || 0)])),
    h('a', { href: `indicators?unit=${encodeURIComponent(card.unit)}&set=${encodeURIComponent(card.set)}` }, t('details')));
}

function villageTable(villages) {
  const head = ['village', 'unit', 'lamps', 'bins', 'waterDay', 'openAlerts'];
  return h('div', { class: 'scroll' }, h('table', {},
    h('thead', {}, h('tr', {}, head.map((key, index) =>
      h('th', { class: index === 1 ? 'hide-small' : index > 1 ? 'num' : '' }, t(key))))),
    h('tbody', {}, villages.map((village) => h('tr', {},
      h('td', {}, h('a', { href: `devices?village=${encodeURIComponent(village.name)}`, 'data-key': village.code },
        village.name), ' ', village.isSimulated ? simulatedPill() : null),
      h('td', { class: 'hide-small' }, village.unit),
      h('td', { class: 'num' }, village.lamps ? `${village.lampsOn ?? '?'}/${village.lamps}` : '—',
        has(village.lampsExpected) ? h('small', {}, ` ${t(village.lampsExpected ? 'night' : 'day')}`) : null),
      h('td', { class: 'num' }, village.bins && has(village.fullestBin) ? percent(village.fullestBin) : '—'),
      h('td', { class: 'num' }, has(village.waterCubicMetresPerDay) ? number(village.waterCubicMetresPerDay, 'm³') : '—'),
      h('td', { class: 'num' }, village.openAlerts ? pill('bad', village.openAlerts) : '0'))))));
}

function brokerCard({ broker, undecoded }) {
  const lost = Object.values(undecoded).reduce((sum, count) => sum + count, 0);
  return h('section', { class: 'card' },
    h('h3', {}, t('broker'), pill(broker.state === 'connected' ? 'good' : 'bad', t(broker.state))),
    h('dl', {}, h('dt', {}, broker.address), h('dd', {}, `${number(broker.messages)} ${t('messages')}`),
      h('dt', {}, t('lastMessage')), h('dd', {}, time(broker.lastMessageAt)),
      h('dt', {}, lost ? h('a', { href: 'devices#undecoded', 'data-key': 'undecoded' }, t('undecoded')) : t('undecoded')),
      h('dd', {}, number(lost))),
    broker.lastError && broker.state !== 'connected' ? h('p', { class: 'error' }, broker.lastError) : null);
}

function storeCard({ store }) {
  const used = store.budgetBytes ? store.usedBytes / store.budgetBytes : null;
  return h('section', { class: 'card' },
    h('h3', {}, t('store'), pill('', percent(used))),
    h('dl', {}, h('dt', {}, t('seriesCount')), h('dd', {}, number(store.series)),
      h('dt', {}, t('samples')), h('dd', {}, number(store.samples)),
      h('dt', {}, t('since')), h('dd', {}, time(store.oldest))));
}
