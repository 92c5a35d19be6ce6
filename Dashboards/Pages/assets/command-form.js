// The form that gives a command: it is tried first, and what was tried is what is sent.
import { note, number, t } from './format.js';
import { api, fill, h } from './frame.js';
import { orderList } from './command-history.js';

const actions = ['switch_on', 'switch_off', 'dim', 'read'];
// In this order people think of a group: the cabinet first, as it is what is switched in the field.
const labels = ['feeder', 'village', 'zone', 'route', 'site', 'commune', 'kind'];

export function commandForm(targets, token, afterwards) {
  const said = h('div', { role: 'status' });
  const control = (name, tag, attributes, ...children) => h(tag, { name, id: `command-${name}`, 'data-key': `command-${name}`,
    autocomplete: 'off', ...attributes }, children);
  const field = (name, element) => h('label', { for: element.id }, h('small', {}, t(name)), element);
  const scope = control('commandScope', 'select', {}, groups(targets).length ? h('option', { value: 'group' }, t('commandGroup')) : null,
    h('option', { value: 'device' }, t('device')));
  const group = control('commandGroup', 'select', {}, groups(targets).map(({ label, value, count }) =>
    h('option', { value: JSON.stringify([label, value]) }, `${t(`label_${label}`)} ${label === 'kind' ? t(value) : value} (${number(count)})`)));
  const device = control('device', 'input', { list: 'command-devices' });
  const action = control('commandAction', 'select', {});
  const level = control('commandLevel', 'input', { type: 'number', min: 0, max: 100, step: 1, value: 50, required: true });
  const reason = control('commandReason', 'input', { required: true, maxlength: 300 });
  const fields = { group: field('commandGroup', group), device: field('device', device), level: field('commandLevel', level) };
  const send = h('button', { type: 'submit', class: 'main', 'data-key': 'command-send', disabled: true }, t('commandSend'));
  const attempt = h('button', { type: 'button', 'data-key': 'command-try', onclick: () => give(true) }, t('commandTry'));
  let tried = null;

  const meant = () => (scope.value === 'device' ? targets.devices.filter((one) => one.device === device.value.trim())
    : targets.devices.filter((one) => { const [label, value] = JSON.parse(group.value || '["",""]'); return one.labels[label] === value; }));

  // How many of those who are meant can be told what, beside each action.
  function refresh() {
    fields.group.hidden = scope.value !== 'group';
    fields.device.hidden = scope.value !== 'device';
    const chosen = action.value;
    const devices = meant();
    action.replaceChildren(...actions.map((name) => {
      const count = devices.filter((one) => one.actions.includes(name)).length;
      return h('option', { value: name, disabled: !count, selected: name === chosen && count > 0 },
        scope.value === 'group' ? `${t(`action_${name}`)} (${number(count)} / ${number(devices.length)})` : t(`action_${name}`));
    }));
    fields.level.hidden = action.value !== 'dim';
    level.disabled = fields.level.hidden;
    send.disabled = tried === null || tried !== JSON.stringify(request());
  }

  function request() {
    const [label, value] = JSON.parse(group.value || '["",""]');
    return { action: action.value, level: action.value === 'dim' ? Number(level.value) : undefined,
      device: scope.value === 'device' ? device.value.trim() : undefined,
      match: scope.value === 'group' ? `{${label}=${JSON.stringify(value)}}` : undefined, reason: reason.value.trim() };
  }

  async function give(dryRun) {
    if (!form.reportValidity()) return;
    const asked = request();
    attempt.disabled = true;
    send.disabled = true;
    try {
      const view = await api('commands', 'POST', { ...asked, dryRun }, token);
      tried = dryRun ? JSON.stringify(asked) : null;
      fill(said, h('div', { class: 'card said' },
        h('p', {}, h('strong', {}, dryRun ? `${t('commandWould')} (${number(view.orders.length)})` : `${t('commandGiven')} ${view.id}`)),
        orderList(view)));
      if (!dryRun) afterwards();
    } catch (error) {
      tried = null;
      fill(said, h('div', { class: 'error said', role: 'alert' }, h('strong', {}, t('commandRefused')),
        (error instanceof TypeError ? [t('unreachable')] : error.faults?.length ? error.faults.map(note) : [error.message])
          .map((sentence) => h('p', {}, sentence))));
    }
    attempt.disabled = false;
    refresh();
  }

  const form = h('form', { class: 'card', oninput: refresh, onsubmit: (event) => { event.preventDefault(); give(false); } },
    h('h2', {}, t('commandNew')), h('p', { class: 'meta' }, `${t('commandOperator')}: ${targets.operator}`),
    h('datalist', { id: 'command-devices' }, targets.devices.map((one) => h('option', { value: one.device }, one.name))),
    h('div', { class: 'fields' }, field('commandScope', scope), fields.group, fields.device, field('commandAction', action), fields.level,
      field('commandReason', reason)),
    h('div', { class: 'tools' }, attempt, send), said);
  refresh();
  return form;
}

// Each value of each label that some device has which can be told something.
function groups(targets) {
  return labels.flatMap((label) => {
    const counts = new Map();
    for (const { labels: own } of targets.devices) if (own[label]) counts.set(own[label], (counts.get(own[label]) || 0) + 1);
    return [...counts].sort().map(([value, count]) => ({ label, value, count }));
  });
}
