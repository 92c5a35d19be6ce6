import { alertCard } from './alert-card.js';
import { t } from './format.js';
import { api, fold, frame, h, live, setSimulated, show } from './frame.js';

frame();
// More cards than this make a phone slow, and nobody reads them.
const mostShown = 200;
live(['alerts', 'overview'], async () => {
  const [overview, alerts] = await Promise.all([api('overview'), api('alerts')]);
  setSimulated(overview.isSimulated);
  show(
    h('h1', {}, t('alerts')),
    section('open', alerts.open, t('noAlerts')),
    section('past', alerts.past, t('noPast')));
});

// Members stand under their cause; one whose cause is not in the list stands for itself.
function section(name, alerts, nothing) {
  const numbers = new Set(alerts.map((alert) => alert.number));
  const members = new Map();
  const own = [];
  for (const alert of alerts) {
    if (!numbers.has(alert.absorbedBy)) own.push(alert);
    else members.set(alert.absorbedBy, [...(members.get(alert.absorbedBy) || []), alert]);
  }
  const group = (alert) => {
    const inside = members.get(alert.number);
    if (!inside) return alertCard(alert);
    return h('div', { class: 'cause' }, alertCard(alert),
      fold(`members-${alert.number}`, { class: 'card members' },
        h('span', {}, `${t('showMembers')} (${inside.length})`), h('div', { class: 'list' }, inside.map(alertCard))));
  };
  return h('section', { 'aria-labelledby': name },
    h('h2', { id: name }, `${t(name)} (${own.length})`),
    h('div', { class: 'list' }, own.length ? own.slice(0, mostShown).map(group) : h('p', { class: 'card empty' }, nothing)),
    own.length > mostShown ? h('p', { class: 'meta' }, `+ ${own.length - mostShown} ${t('moreAlerts')}`) : null);
}
