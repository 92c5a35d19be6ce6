// One alert as a card; the overview and the alerts page share it.
import { either, t, time } from './format.js';
import { chartLink, h, pill, severityPill, simulatedPill } from './frame.js';

export function alertCard(alert) {
  const state = { firing: 'bad', pending: 'warn', resolved: 'good' }[alert.state] || '';
  return h('article', { class: `card alert ${alert.state} ${alert.severity}` },
    h('div', { class: 'meta' },
      pill(state, t(alert.state)), severityPill(alert.severity),
      h('span', {}, `${alert.code} · ${t('number')} ${alert.number}`),
      alert.isSimulated ? simulatedPill() : null),
    h('p', {}, h('strong', {}, either(alert, 'summary'))),
    h('p', { class: 'meta' },
      h('span', {}, `${t('from')} ${time(alert.activeAt)}`),
      alert.resolvedAt ? h('span', {}, `${t('to')} ${time(alert.resolvedAt)}`) : null,
      alert.absorbedBy ? h('span', {}, `${t('absorbed')} ${alert.absorbedBy}`) : null,
      alert.members.length ? h('span', {}, `${t('members')} ${alert.members.length} ${t('alertsCount')}`) : null,
      h('a', { href: chartLink(alert.expression, '1d'), 'data-key': `chart-${alert.number}` }, t('chart'))));
}
