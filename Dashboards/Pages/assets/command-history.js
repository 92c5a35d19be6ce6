// What became of commands, and which were refused.
import { has, note, number, plain, t, time } from './format.js';
import { fill, fold, h, pill } from './frame.js';

const kinds = { confirmed: 'good', failed: 'bad', unconfirmed: 'warn', not_acknowledged: 'warn' };
const ends = ['confirmed', 'unconfirmed', 'failed'];
const statePill = (state, count) => pill(kinds[state] || '', has(count) ? `${number(count)} ` : '', t(`state_${state}`));
export const isOpen = (command) => command.orders.some((order) => !ends.includes(order.state));

// A device a line: how far it has come, and what it was told.
export function orderList(view) {
  return h('ul', {},
    view.orders.map((order) => h('li', {}, h('strong', {}, order.device), ' ', has(view.id) ? [statePill(order.state), ' ',
      h('small', {}, time(order.changedAt))] : null,
      has(order.detail) ? h('small', {}, ` ${note(order.detail)}`) : null,
      order.messages.map((message) => h('div', {}, h('code', {}, `${message.topic} ${message.payload}`))))),
    Object.entries(view.omitted).map(([device, reason]) =>
      h('li', {}, h('strong', {}, device), ' ', pill('warn', t('commandOmitted')), h('small', {}, ` ${note(reason)}`))));
}

export function commandHistory() {
  const wanted = { state: '', text: '' };
  let list = { commands: [], refused: [] };
  const rows = h('div', { class: 'list' });
  const place = h('section', {}, h('h2', {}, t('commandHistory')),
    h('div', { class: 'tools' },
      h('input', { type: 'search', placeholder: t('commandSearch'), 'aria-label': t('commandSearch'), 'data-key': 'command-search',
        oninput: (event) => { wanted.text = event.target.value; draw(); } }),
      h('select', { 'aria-label': t('state'), 'data-key': 'command-state', onchange: (event) => { wanted.state = event.target.value; draw(); } },
        h('option', { value: '' }, t('allStates')), h('option', { value: 'open' }, t('state_open')),
        ends.map((state) => h('option', { value: state }, t(`state_${state}`))), h('option', { value: 'refused' }, t('commandRefused')))),
    rows);

  function matches(one, isRefused) {
    const text = plain([one.id, one.by, one.target, one.reason, t(`action_${one.action}`),
      ...(one.orders || []).map((order) => order.device)].join(' '));
    if (!plain(wanted.text).split(/\s+/).every((word) => text.includes(word))) return false;
    if (!wanted.state) return true;
    if (isRefused) return wanted.state === 'refused';
    return wanted.state === 'open' ? isOpen(one) : one.orders.some((order) => order.state === wanted.state);
  }

  function draw() {
    const all = [...list.commands.map((one) => ({ one, at: one.acceptedAt, isRefused: false })),
      ...list.refused.map((one) => ({ one, at: one.at, isRefused: true }))];
    const found = all.filter(({ one, isRefused }) => matches(one, isRefused)).sort((one, other) => (one.at < other.at ? 1 : -1));
    fill(rows, h('p', { class: 'meta', 'aria-live': 'polite' }, `${t('shown')} ${number(found.length)} / ${number(all.length)}`),
      found.length ? h('div', { class: 'scroll' }, found.map(({ one, isRefused }) => (isRefused ? refusal(one) : row(one))))
        : h('p', { class: 'card empty' }, t('commandNone')));
  }

  const what = (one) => `${t(`action_${one.action}`)}${has(one.level) ? ` ${number(one.level, '%', 0)}` : ''}`;
  // All in one span: on a phone the states leave no room beside it.
  const head = (one, at, ...pills) => h('span', {}, h('strong', {}, what(one)), ' ', h('code', {}, one.target ?? ''), ` · ${one.by} · `,
    h('small', {}, time(at)), pills.map((pill) => [' ', pill]));

  function row(command) {
    const counts = Map.groupBy(command.orders, (order) => order.state);
    return fold(`command-${command.id}`, {},
      head(command, command.acceptedAt, ...[...counts].map(([state, orders]) => statePill(state, orders.length))),
      h('div', { class: 'inside' }, h('p', { class: 'meta' }, h('span', {}, `${t('number')} ${command.id}`), h('span', {}, `${t('commandReason')}: ${command.reason}`)),
        orderList(command)));
  }

  function refusal(one) {
    return fold(`refused-${one.at}-${one.by}`, {}, head(one, one.at, pill('bad', t('commandRefused'))),
      h('div', { class: 'inside' }, h('p', { class: 'meta' }, `${t('commandReason')}: ${one.reason}`), one.refusal.map((reason) => h('p', {}, note(reason)))));
  }

  return { place, take(fresh) { list = fresh; draw(); } };
}
