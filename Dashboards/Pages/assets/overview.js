import { alertCard } from './alert-card.js';
import { api, frame, h, language, live, number, percent, pill, setSimulated, show, simulatedPill, t, time } from './frame.js';

frame();
live(['overview', 'alerts', 'indicators'], async () => {
  const [overview, alerts, indicators] = await Promise.all([api('overview'), api('alerts'), api('indicators')]);
  setSimulated(overview.isSimulated);
  const own = alerts.open.filter((alert) => alert.state === 'firing' && !alert.absorbedBy);
  show(
    h('h1', {}, overview.name),
    h('p', { class: 'sub' }, `${t('updated')} ${time(overview.time)}`),
    overview.fillProgress === null || overview.fillProgress === undefined ? null : filling(overview.fillProgress),
    h('div', { class: 'cards' }, overview.services.map(serviceCard)),
    h('h2', {}, `${t('openAlerts')} (${own.length})`),
    h('div', { class: 'list' },
      own.length ? own.slice(0, 4).map(alertCard) : h('p', { class: 'card empty' }, t('noAlerts'))),
    own.length > 4 ? h('p', {}, h('a', { href: '/alerts' }, `${t('allAlerts')} (${own.length})`)) : null,
    h('h2', {}, t('scorecards')),
    indicators.scorecards.length
      ? h('div', { class: 'cards' }, indicators.scorecards.map(scorecard))
      : h('p', { class: 'card empty' }, t('noIndicators')),
    h('h2', {}, t('villages')), villageTable(overview.villages),
    h('h2', {}, t('store')), h('div', { class: 'cards' }, brokerCard(overview), storeCard(overview)));
});

function filling(progress) {
  return h('div', { class: 'card' }, `${t('filling')}: ${percent(progress)}`,
    h('div', { class: 'meter' }, h('i', { style: `width:${progress * 100}%` })));
}

function serviceCard(service) {
  const [first, ...rest] = service.figures;
  const name = (figure) => (language === 'vi' ? figure.nameVi : figure.nameEn);
  return h('section', { class: 'card' },
    h('h3', {}, t(service.kind), pill(service.devicesUp === service.devices ? 'good' : 'warn',
      `${service.devicesUp}/${service.devices}`)),
    first ? h('div', { class: 'big' }, number(first.value, first.unit), ' ', h('small', {}, name(first))) : null,
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
    h('div', { class: 'meta' }, language === 'vi' ? card.titleVi : card.titleEn),
    h('div', { class: 'big' }, `${card.criteriaMet}/${card.criteria} `, h('small', {}, t('criteria'))),
    h('div', {}, `${card.indicatorsMet}/${card.indicators} ${t('indicatorsOf')} ${t('met')}`),
    h('div', { class: 'meter', 'aria-hidden': 'true' }, bar),
    h('dl', {}, ['not_met', 'not_enough_data', 'no_threshold'].flatMap((outcome) =>
      [h('dt', {}, t(outcome)), h('dd', {}, card.outcomes[outcome] || 0)])),
    h('a', { href: `/indicators?unit=${encodeURIComponent(card.unit)}&set=${encodeURIComponent(card.set)}` }, t('details')));
}

function villageTable(villages) {
  const head = ['village', 'unit', 'lamps', 'bins', 'waterDay', 'openAlerts'];
  return h('div', { class: 'scroll' }, h('table', {},
    h('thead', {}, h('tr', {}, head.map((key, index) =>
      h('th', { class: index === 1 ? 'hide-small' : index > 1 ? 'num' : '' }, t(key))))),
    h('tbody', {}, villages.map((village) => h('tr', {},
      h('td', {}, village.name),
      h('td', { class: 'hide-small' }, village.unit),
      h('td', { class: 'num' }, village.lamps ? `${village.lampsOn}/${village.lamps}` : '–'),
      h('td', { class: 'num' }, village.bins ? percent(village.fullestBin) : '–'),
      h('td', { class: 'num' }, village.waterCubicMetresPerDay === null || village.waterCubicMetresPerDay === undefined
        ? '–' : number(village.waterCubicMetresPerDay, 'm³')),
      h('td', { class: 'num' }, village.openAlerts ? pill('bad', village.openAlerts) : '0'))))));
}

function brokerCard({ broker, undecoded }) {
  const lost = Object.values(undecoded).reduce((sum, count) => sum + count, 0);
  return h('section', { class: 'card' },
    h('h3', {}, t('broker'), pill(broker.state === 'connected' ? 'good' : 'bad', t(broker.state))),
    h('dl', {}, h('dt', {}, broker.address), h('dd', {}, `${number(broker.messages)} ${t('messages')}`),
      h('dt', {}, t('lastMessage')), h('dd', {}, time(broker.lastMessageAt)),
      h('dt', {}, t('undecoded')), h('dd', {}, number(lost))),
    broker.lastError && broker.state !== 'connected' ? h('p', { class: 'error' }, broker.lastError) : null);
}

function storeCard({ store }) {
  const used = store.budgetBytes ? store.usedBytes / store.budgetBytes : 0;
  return h('section', { class: 'card' },
    h('h3', {}, t('store'), pill('', percent(used))),
    h('dl', {}, h('dt', {}, t('seriesCount')), h('dd', {}, number(store.series)),
      h('dt', {}, t('samples')), h('dd', {}, number(store.samples)),
      h('dt', {}, t('since')), h('dd', {}, time(store.oldest))));
}
