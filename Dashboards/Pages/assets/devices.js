import { api, chartLink, frame, h, live, number, pill, setSimulated, show, simulatedPill, t, time } from './frame.js';

frame();
let all = [];
let wanted = '';
let kind = '';
const list = h('div', { class: 'list' });
const kinds = h('select', { 'aria-label': t('kind'), onchange: (event) => { kind = event.target.value; draw(); } });
const search = h('input', { type: 'search', placeholder: t('search'), 'aria-label': t('search'),
  oninput: (event) => { wanted = event.target.value.toLocaleLowerCase('vi'); draw(); } });
const opened = new Set();

live(['devices', 'overview'], async () => {
  const [overview, devices] = await Promise.all([api('overview'), api('devices')]);
  setSimulated(overview.isSimulated);
  all = devices;
  const names = [...new Set(all.map((device) => device.kind))].sort();
  kinds.replaceChildren(h('option', { value: '' }, t('allKinds')),
    ...names.map((name) => h('option', { value: name, selected: name === kind }, t(name))));
  if (!list.isConnected) show(h('h1', {}, t('devices')), h('div', { class: 'tools' }, search, kinds), list);
  draw();
});

function draw() {
  const matches = all.filter((device) => (!kind || device.kind === kind)
    && (!wanted || `${device.code} ${device.name} ${device.village} ${device.unit}`.toLocaleLowerCase('vi').includes(wanted)));
  list.replaceChildren(h('p', { class: 'meta' }, `${matches.length} / ${all.length}`),
    matches.length ? h('div', { class: 'scroll' }, matches.slice(0, 500).map(row)) : h('p', { class: 'card empty' }, t('noDevices')));
}

function row(device) {
  const state = { up: 'good', down: 'bad', never: '' }[device.state];
  const details = h('details', { open: opened.has(device.code) },
    h('summary', {},
      h('span', {}, h('strong', {}, device.name), ` · ${t(device.kind)} · ${device.village} `,
        device.isSimulated ? simulatedPill() : null),
      pill(state, t(device.state))),
    h('div', { class: 'inside' },
      h('p', { class: 'meta' }, h('span', {}, device.code), h('span', {}, device.profile), h('span', {}, device.unit),
        h('span', {}, `${t('lastMessage')} ${time(device.lastMessageAt)}`)),
      h('dl', {}, device.readings.flatMap((reading) => {
        const channel = reading.channel ? `,channel="${reading.channel}"` : '';
        const expression = `${reading.metric}{device="${device.code}"${channel}}`;
        return [
          h('dt', {}, h('a', { href: chartLink(expression, '3d') }, reading.metric), reading.channel ? ` ${reading.channel}` : ''),
          h('dd', {}, number(reading.value, unit(reading.unit), 2), ' ', h('small', {}, time(reading.time))),
        ];
      }))));
  details.addEventListener('toggle', () => (details.open ? opened.add(device.code) : opened.delete(device.code)));
  return details;
}

// UCUM codes as people write them.
const unit = (code) => ({ Cel: '°C', m3: 'm³', 'm3/h': 'm³/h', 'kW.h': 'kWh', '[pH]': 'pH', '{NTU}': 'NTU',
  'uS/cm': 'µS/cm', deg: '°', 1: '', 'dB{mW}': 'dBm' }[code] ?? code);
