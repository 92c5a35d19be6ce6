import { has, number, plain, t, time, unitName } from './format.js';
import { api, chartLink, fill, fold, frame, h, live, pill, setSimulated, show, simulatedPill } from './frame.js';
import { deadLetters } from './dead-letters.js';

frame();
const mostShown = 300;
const parameters = new URLSearchParams(location.search);
const wanted = { village: '', kind: '', state: '', text: '' };
for (const name of Object.keys(wanted)) wanted[name] = parameters.get(name) || '';
let all = [];
const list = h('div', { class: 'list' });
const letters = h('div', {});
const selects = Object.fromEntries(['village', 'kind', 'state'].map((name) =>
  [name, h('select', { 'aria-label': t(name), onchange: (event) => choose(name, event.target.value) })]));
const search = h('input', { type: 'search', value: wanted.text, placeholder: t('search'), 'aria-label': t('search'),
  oninput: (event) => choose('text', event.target.value) });

live(['devices', 'overview'], async () => {
  const [overview, devices, undecoded] = await Promise.all([api('overview'), api('devices'), api('dead-letters?limit=20')]);
  setSimulated(overview.isSimulated);
  all = devices;
  options('village', 'allVillages', (name) => name);
  options('kind', 'allKinds', t);
  options('state', 'allStates', t);
  if (!list.isConnected) {
    show(h('h1', {}, t('devices')), h('div', { class: 'tools' }, search, Object.values(selects)), list, letters);
  }
  draw();
  fill(letters, deadLetters(undecoded));
});

// Written only when they change, so that an open list is not shut under the reader's finger.
function options(name, allName, shown) {
  const names = [...new Set([...all.map((device) => device[name]), wanted[name]])].filter(Boolean).sort();
  const select = selects[name];
  if (select.dataset.names === JSON.stringify(names)) return;
  select.dataset.names = JSON.stringify(names);
  select.replaceChildren(h('option', { value: '' }, t(allName)),
    ...names.map((one) => h('option', { value: one, selected: one === wanted[name] }, shown(one))));
}

// The address keeps the choice, so that it can be passed on.
function choose(name, value) {
  wanted[name] = value;
  const address = new URL(location.href);
  if (value) address.searchParams.set(name, value); else address.searchParams.delete(name);
  history.replaceState(null, '', address);
  draw();
}

function draw() {
  const words = plain(wanted.text).split(/\s+/).filter(Boolean);
  const matches = all.filter((device) => ['village', 'kind', 'state'].every((name) => !wanted[name] || device[name] === wanted[name])
    && words.every((word) => plain(`${device.code} ${device.name} ${device.village} ${device.unit}`).includes(word)));
  fill(list,
    h('p', { class: 'meta', 'aria-live': 'polite' }, `${t('shown')} ${Math.min(matches.length, mostShown)} / ${all.length}`),
    matches.length ? h('div', { class: 'scroll' }, matches.slice(0, mostShown).map(row))
      : h('p', { class: 'card empty' }, all.length ? t('noDevices') : t('noDevicesYet')));
}

function row(device) {
  const state = { up: 'good', down: 'bad' }[device.state] || '';
  return fold(`device-${device.code}`, {},
    [h('span', {}, h('strong', {}, device.name), ` · ${t(device.kind)} · ${device.village} `,
      device.isSimulated ? simulatedPill() : null), pill(state, t(device.state))],
    h('div', { class: 'inside' },
      h('p', { class: 'meta' }, h('code', {}, device.code), h('span', {}, device.profile), h('span', {}, device.unit),
        h('span', {}, `${t('lastMessage')}: ${device.lastMessageAt ? time(device.lastMessageAt) : t('noData')}`)),
      device.readings.length ? h('dl', { class: 'wrap' }, device.readings.map((reading) => pair(device, reading)))
        : h('p', { class: 'empty' }, t('noData')),
      device.marks.length ? [h('p', { class: 'meta' }, t('marks')),
        h('dl', { class: 'wrap' }, device.marks.map((mark) => markPair(device, mark)))] : null));
}

function pair(device, reading) {
  const channel = reading.channel ? `,channel=${JSON.stringify(reading.channel)}` : '';
  const expression = `${reading.metric}{device=${JSON.stringify(device.code)}${channel}}`;
  return [
    h('dt', {}, h('a', { href: chartLink(expression, '1d'), 'data-key': expression }, reading.metric),
      reading.channel ? ` ${reading.channel}` : ''),
    h('dd', {}, has(reading.value) ? number(reading.value, unitName(reading.unit), 3) : t('noData'), ' ',
      h('small', {}, time(reading.time))),
  ];
}

// A reading that was refused or marked, with the reason; its series holds all of them.
function markPair(device, mark) {
  const series = { 1: 'langso_rejected_reading', 2: 'langso_doubtful_reading', 3: 'langso_suspicious_reading' }[mark.quality];
  const labels = { device: device.code, metric: mark.metric, reason: mark.reason, ...(mark.channel && { channel: mark.channel }) };
  const expression = `${series}{${Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)}}`;
  return [
    h('dt', {}, h('a', { href: chartLink(expression, '1d'), 'data-key': expression }, mark.metric),
      mark.channel ? ` ${mark.channel}` : '', ` · ${t(`quality${mark.quality}`)} · `, h('code', {}, mark.reason)),
    h('dd', {}, number(mark.value, unitName(mark.unit), 3), ' ', h('small', {}, time(mark.time))),
  ];
}
