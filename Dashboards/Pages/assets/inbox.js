// Devices that send and that nobody has registered: what they may be, and their adoption.
import { has, note, number, percent, refusal, shellWord, t, time, unitName } from './format.js';
import { api, fill, fold, frame, h, live, pill, setSimulated, show } from './frame.js';

frame();
const place = h('div', { class: 'list' });
const outcome = h('div', { role: 'status' });
// A form is made once for each device: what somebody types must outlive redrawing.
const forms = new Map();
let inbox = null;

live(['devices', 'overview'], async () => {
  const [overview, found] = await Promise.all([api('overview'), api('inbox')]);
  setSimulated(overview.isSimulated);
  inbox = found;
  if (!place.isConnected) {
    show(h('h1', {}, t('unknownDevices')), h('p', { class: 'sub' }, t('inboxHelp')), outcome, place);
  }
  // Nothing is moved under the fingers of somebody who types.
  if (!document.activeElement?.closest('form')) draw();
});

function draw() {
  for (const id of forms.keys()) if (!inbox.devices.some((device) => device.id === id)) forms.delete(id);
  fill(place,
    inbox.devices.length ? h('div', { class: 'scroll' }, inbox.devices.map(row))
      : h('p', { class: 'card empty' }, t('inboxEmpty')),
    inbox.omitted ? h('p', { class: 'meta' }, `${t('omittedDevices')}: ${number(inbox.omitted)}`) : null,
    inbox.damaged ? fold('damaged', { class: 'card' }, [h('span', {}, `${t('damagedMessages')}: ${number(inbox.damaged)}`)],
      h('ul', {}, inbox.faults.map((fault) => h('li', {}, h('code', {}, fault))))) : null);
}

function row(device) {
  const best = device.guesses[0];
  return fold(`unknown-${device.id}`, {},
    // All in one span: on a phone a name of sixteen digits leaves no room beside it.
    h('span', {}, h('strong', {}, device.address), ` · ${device.family ?? t('noFamily')} · ${t('messages')}: ${number(device.messages)} · `,
      h('small', {}, time(device.lastAt)), ' ',
      best ? pill(best.score >= 0.5 ? 'good' : 'warn', `${best.profile} ${percent(best.score)}`) : pill('', t('noGuess'))),
    h('div', { class: 'inside' },
      h('p', { class: 'meta' }, h('code', {}, device.id), h('code', {}, device.topic),
        h('span', {}, `${t('since')} ${time(device.firstAt)}`),
        Object.entries(device.reasons).map(([reason, count]) => h('span', {}, `${refusal(reason)}: ${number(count)}`))),
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
    h('code', {}, `langso devices adopt ${shellWord(device.id)} --as ${profile} --code CODE --village CODE --config langso.yaml`));
}

function form(device) {
  if (!forms.has(device.id)) forms.set(device.id, makeForm(device));
  return forms.get(device.id);
}

const input = (device, name, attributes) => h('input', { name, id: `${device.id}-${name}`, autocomplete: 'off',
  'data-key': `${device.id}-${name}`, ...attributes });

function field(device, name, control) {
  return h('label', { for: `${device.id}-${name}` }, h('small', {}, t(name)), control);
}

function select(device, name, places) {
  return h('select', { name, id: `${device.id}-${name}`, 'data-key': `${device.id}-${name}` },
    h('option', { value: '' }, '—'), places.map((place) => h('option', { value: place.code }, `${place.name} (${place.code})`)));
}

function list(id, items) {
  return h('datalist', { id }, items.map(([value, shown]) => h('option', { value }, shown)));
}

// Sizes of what the device sits on, as the chosen profile asks for them.
function sizes(device, profile) {
  const parameters = inbox.profiles.find((one) => one.id === profile)?.parameters ?? [];
  return parameters.map(({ id, unit, least, most, standard }) => {
    const control = input(device, `parameter_${id}`, { type: 'number', step: 'any', min: least, max: most,
      placeholder: standard, 'data-parameter': id, title: t('from_to').replace('{0}', number(least)).replace('{1}', number(most)) });
    const name = t(`parameter_${id}`) === `parameter_${id}` ? id : t(`parameter_${id}`);
    return h('label', { for: control.id }, h('small', {}, name, unit ? ` (${unitName(unit)})` : ''), control);
  });
}

function makeForm(device) {
  const places = h('div', {});
  const profile = input(device, 'profile', { required: true, list: `${device.id}-profiles`, value: device.guesses[0]?.profile ?? '',
    onchange: () => fill(places, sizes(device, profile.value.trim())) });
  fill(places, sizes(device, profile.value));
  const made = h('form', { onsubmit: (event) => { event.preventDefault(); adopt(device, made, false); } },
    list(`${device.id}-codes`, inbox.places.waiting.map((place) => [place.code, place.name])),
    list(`${device.id}-profiles`, inbox.profiles.map((one) => [one.id, one.model])),
    h('div', { class: 'fields' },
      field(device, 'profile', profile),
      field(device, 'code', input(device, 'code', { required: true, pattern: '[A-Za-z0-9._\\-]{1,64}', list: `${device.id}-codes` })),
      field(device, 'deviceName', input(device, 'deviceName', { maxlength: 120 })),
      field(device, 'village', select(device, 'village', inbox.places.villages)),
      field(device, 'site', select(device, 'site', inbox.places.sites)),
      places,
      field(device, 'decidedBy', input(device, 'decidedBy', { maxlength: 120 }))),
    // What is wrong is said where somebody looks who has pressed the button.
    h('div', { role: 'status' }),
    h('div', { class: 'tools' },
      h('button', { type: 'button', 'data-key': `${device.id}-try`, onclick: () => adopt(device, made, true) }, t('tryAdopt')),
      h('button', { type: 'submit', class: 'main', 'data-key': `${device.id}-adopt` }, t('adopt'))));
  return made;
}

function choose(device, guess) {
  const { profile } = form(device).elements;
  profile.value = guess.profile;
  profile.dispatchEvent(new Event('change'));
  form(device).elements.code.focus();
}

async function adopt(device, made, dryRun) {
  const value = (name) => made.elements[name].value.trim() || undefined;
  if (!made.reportValidity()) return;
  const given = [...made.querySelectorAll('[data-parameter]')].filter((one) => one.value !== '');
  const parameters = given.length ? Object.fromEntries(given.map((one) => [one.dataset.parameter, Number(one.value)])) : undefined;
  const said = made.querySelector('[role=status]');
  for (const button of made.querySelectorAll('button')) button.disabled = true;
  try {
    const done = await api('inbox/adopt', 'POST', { device: device.id, profile: value('profile'), code: value('code'),
      name: value('deviceName'), village: value('village'), site: value('site'), parameters, by: value('decidedBy'), dryRun });
    // A device that is adopted leaves the list, and its form with it.
    const at = done.written ? outcome : said;
    fill(at, h('div', { class: 'card said' },
      h('p', {}, `${t(done.written ? 'adopted' : 'wouldAdopt')}: ${done.address} → ${done.code} (${done.profile})`),
      h('p', { class: 'meta' }, h('span', {}, `${t('testFrames')}: ${number(done.examples)}`),
        has(done.decoded) ? h('span', {}, `${t('decoded')}: ${number(done.decoded)}`) : null,
        has(done.failed) ? h('span', {}, `${t('failed')}: ${number(done.failed)}`) : null),
      done.warnings.map((warning) => h('p', {}, note(warning)))));
    if (done.written) {
      document.activeElement?.blur();
      inbox.devices = inbox.devices.filter((one) => one.id !== device.id);
      draw();
      outcome.scrollIntoView({ block: 'nearest' });
    }
  } catch (error) {
    const sentences = error instanceof TypeError ? [t('unreachable')] : error.faults?.length ? error.faults.map(note) : [error.message];
    fill(said, h('div', { class: 'error said', role: 'alert' }, h('strong', {}, `${t('adoptFailed')}: ${device.address}`),
      sentences.map((sentence) => h('p', {}, sentence))));
  }
  for (const button of made.querySelectorAll('button')) button.disabled = false;
}
