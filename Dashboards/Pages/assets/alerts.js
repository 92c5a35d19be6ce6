import { alertCard } from './alert-card.js';
import { api, frame, h, live, setSimulated, show, t } from './frame.js';

frame();
live(['alerts'], async () => {
  const [overview, alerts] = await Promise.all([api('overview'), api('alerts')]);
  setSimulated(overview.isSimulated);
  const own = alerts.open.filter((alert) => !alert.absorbedBy);
  const members = new Map();
  for (const alert of alerts.open.filter((alert) => alert.absorbedBy)) {
    members.set(alert.absorbedBy, [...(members.get(alert.absorbedBy) || []), alert]);
  }
  const group = (alert) => {
    const inside = members.get(alert.number) || [];
    if (!inside.length) return alertCard(alert);
    return h('div', {}, alertCard(alert), h('details', { class: 'card' },
      h('summary', {}, h('span', {}, `${t('members')} ${inside.length}`)),
      h('div', { class: 'list' }, inside.map(alertCard))));
  };
  show(
    h('h1', {}, t('alerts')),
    h('h2', {}, `${t('open')} (${own.length})`),
    h('div', { class: 'list' }, own.length ? own.map(group) : h('p', { class: 'card empty' }, t('noAlerts'))),
    h('h2', {}, `${t('past')} (${alerts.past.length})`),
    h('div', { class: 'list' }, alerts.past.length
      ? alerts.past.slice(0, 100).map(alertCard) : h('p', { class: 'card empty' }, t('noPast'))));
});
