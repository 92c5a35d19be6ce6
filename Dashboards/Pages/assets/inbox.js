// Devices that send and that nobody has registered: what they may be, and their adoption.
import { has, number, percent, t, time, unitName } from './format.js';
import { api, fill, fold, frame, h, live, pill, setSimulated, show } from './frame.js';

frame();
const list = h('div', { class: 'list' });
const outcome = h('div', { role: 'status' });
// A form is made once for each device: what somebody types must outlive redrawing.
const forms = new Map();
let inbox = null;

live(['devices', 'overview'], async () => {
  const [overview, found] = await Promise.all([api('overview'), api('inbox')]);
  setSimulated(overview.isSimulated);
  inbox = found;
  if (!list.isConnected) {
    show(h('h1', {}, t('unknownDevices')), h('p', { class: 'sub' }, t('inboxHelp')), outcome, list);
  }
  // Nothing is moved under the fingers of somebody who types.
  if (!document.activeElement?.closest('form')) draw();
});

function draw() {
  for (const id of forms.keys()) if (!inbox.devices.some((device) => device.id === id)) forms.delete(id);
  fill(list,
    inbox.devices.length ? h('div', { class: 'scroll' }, inbox.devices.map(row))
      : h('p', { class: 'card empty' }, t('inboxEmpty')),
    inbox.omitted ? h('p', { class: 'meta' }, `${t('omittedDevices')}: ${number(inbox.omitted)}`) : null);
}

function row(device) {
  const best = device.guesses[0];
  return fold(`unknown-${device.id}`, {},
    // All in one span: on a phone a name of sixteen digits leaves no room beside it.
    h('span', {}, h('strong', {}, device.address), ` · ${device.family ?? t('noFamily')} · ${number(device.messages)} ${t('messages')} · `,
      h('small', {}, time(device.lastAt)), ' ',
      best ? pill(best.score >= 0.5 ? 'good' : 'warn', `${best.profile} ${percent(best.score)}`) : pill('', t('noGuess'))),
    h('div', { class: 'inside' },
      h('p', { class: 'meta' }, h('code', {}, device.id), h('code', {}, device.topic),
        h('span', {}, `${t('since')} ${time(device.firstAt)}`),
        Object.entries(device.reasons).map(([reason, count]) => h('span', {}, `${reason}: ${number(count)}`))),
      device.guesses.length ? h('div', { class: 'cards' }, device.guesses.map((guess) => card(device, guess)))
        : h('p', { class: 'empty' }, t('noGuess')),
      fold(`frames-${device.id}`, { class: 'plain' }, [h('span', {}, `${t('lastFrames')} (${device.frames.length})`)],
        h('ul', {}, device.frames.map((one) => h('li', {}, h('small', {}, time(one.receivedAt)), ' ', h('code', {}, one.payload))))),
      inbox.canAdopt ? form(device) : command(device)));
}

function card(device, guess) {
  return h('article', { class: 'card' },
    h('h3', {}, guess.profile, h('span', {}, percent(guess.score))),
    h('p', { class: 'sub' }, `${guess.model} · ${t(guess.kind)}`),
    h('div', { class: 'meter', 'aria-hidden': 'true' }, h('i', { style: `width:${guess.score * 100}%` })),
    h('p', { class: 'meta' }, part('byTopic', guess.topicScore), part('byShape', guess.shapeScore), part('byPhysics', guess.physicsScore)),
    h('dl', {}, guess.readings.map((reading) => [
      h('dt', {}, reading.quantity, reading.channel ? ` ${reading.channel}` : ''),
      h('dd', {}, number(reading.value, unitName(reading.unit), 3), reading.reason ? ` (${reading.reason})` : '')])),
    h('ul', {}, guess.reasons.map((reason) => h('li', {}, words(reason)))),
    inbox.canAdopt ? h('div', { class: 'tools' }, h('button', { type: 'button', 'data-key': `${device.id}-${guess.profile}`,
      onclick: () => choose(device, guess) }, t('chooseGuess'))) : null);
}

const part = (name, score) => h('span', {}, `${t(name)}: ${has(score) ? percent(score) : '—'}`);

// A reason comes as a code with its value; one that this page does not know is shown in English.
function words(reason) {
  const text = t(`reason_${reason.code}`);
  return text === `reason_${reason.code}` ? reason.words
    : text.replace('{value}', number(reason.value, '', 0)).replace('{quantity}', reason.quantity ?? '');
}

function command(device) {
  const profile = device.guesses[0]?.profile ?? 'PROFILE';
  return h('div', {}, h('p', { class: 'meta' }, t('adoptByCommand')),
    h('code', {}, `langso devices adopt '${device.id}' --as ${profile} --code CODE --village CODE --config langso.yaml`));
}

function form(device) {
  if (!forms.has(device.id)) forms.set(device.id, makeForm(device));
  return forms.get(device.id);
}

const input = (device, name, attributes) => h('input', { name, id: `${device.id}-${name}`, autocomplete: 'off',
  'data-key': `${device.id}-${name}`, ...attributes });

function field(device, name, control) {
  return h('label', { for: `${device.id}-${name}` }, h('small', {}, t(name)), h('br'), control);
}

function select(device, name, places) {
  return h('select', { name, id: `${device.id}-${name}`, 'data-key': `${device.id}-${name}` },
    h('option', { value: '' }, '—'), places.map((place) => h('option', { value: place.code }, `${place.name} (${place.code})`)));
}

function makeForm(device) {
  const codes = h('datalist', { id: `${device.id}-codes` },
    inbox.places.waiting.map((place) => h('option', { value: place.code }, place.name)));
  const made = h('form', { class: 'tools', onsubmit: (event) => { event.preventDefault(); adopt(device, made, false); } },
    field(device, 'profile', input(device, 'profile', { required: true, value: device.guesses[0]?.profile ?? '' })),
    field(device, 'code', input(device, 'code', { required: true, list: `${device.id}-codes` })), codes,
    field(device, 'deviceName', input(device, 'deviceName')),
    field(device, 'village', select(device, 'village', inbox.places.villages)),
    field(device, 'site', select(device, 'site', inbox.places.sites)),
    field(device, 'decidedBy', input(device, 'decidedBy')),
    h('button', { type: 'button', 'data-key': `${device.id}-try`, onclick: () => adopt(device, made, true) }, t('tryAdopt')),
    h('button', { type: 'submit', 'data-key': `${device.id}-adopt` }, t('adopt')));
  return made;
}

function choose(device, guess) {
  form(device).elements.profile.value = guess.profile;
  form(device).elements.code.focus();
}

async function adopt(device, made, dryRun) {
  const value = (name) => made.elements[name].value.trim() || undefined;
  if (!made.reportValidity()) return;
  for (const button of made.querySelectorAll('button')) button.disabled = true;
  try {
    const done = await api('inbox/adopt', 'POST', { device: device.id, profile: value('profile'), code: value('code'),
      name: value('deviceName'), village: value('village'), site: value('site'), by: value('decidedBy'), dryRun });
    fill(outcome, h('div', { class: 'card' },
      h('p', {}, `${t(done.written ? 'adopted' : 'wouldAdopt')}: ${done.address} → ${done.code} (${done.profile})`),
      h('p', { class: 'meta' }, h('span', {}, `${t('testFrames')}: ${number(done.examples)}`),
        has(done.decoded) ? h('span', {}, `${t('decoded')}: ${number(done.decoded)}`) : null,
        has(done.failed) ? h('span', {}, `${t('failed')}: ${number(done.failed)}`) : null),
      done.warnings.map((warning) => h('p', {}, warning))));
    if (done.written) {
      document.activeElement?.blur();
      inbox.devices = inbox.devices.filter((one) => one.id !== device.id);
      draw();
    }
  } catch (error) {
    fill(outcome, h('p', { class: 'error', role: 'alert' }, error instanceof TypeError ? t('unreachable') : error.message));
  }
  for (const button of made.querySelectorAll('button')) button.disabled = false;
}
