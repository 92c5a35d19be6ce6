// Commands to devices: for operators alone, whose token is asked for and kept until the tab is shut.
import { t } from './format.js';
import { api, fill, frame, h, setSimulated, show } from './frame.js';
import { commandForm } from './command-form.js';
import { commandHistory, isOpen } from './command-history.js';

frame();
const key = 'operator-token';
let token = stored();
let round = 0;

// Storage may be forbidden; the token then lasts for the page.
function stored() {
  try { return sessionStorage.getItem(key); } catch { return null; }
}

function keep(value) {
  token = value;
  try { if (value) sessionStorage.setItem(key, value); else sessionStorage.removeItem(key); } catch { /* It is in memory. */ }
}

open();

async function open() {
  round += 1;
  try {
    setSimulated((await api('overview')).isSimulated);
    if (!token) return show(heading(), login());
    const targets = await api('commands/targets', 'GET', undefined, token);
    const history = commandHistory();
    show(heading(), commandForm(targets, token, () => follow(history)), history.place,
      h('div', { class: 'tools' }, h('button', { type: 'button', onclick: () => { keep(null); open(); } }, t('commandLeave'))));
    follow(history);
  } catch (error) {
    refuse(error);
  }
}

const heading = () => [h('h1', {}, t('commands')), h('p', { class: 'sub' }, t('commandsHelp'))];

function refuse(error) {
  if (error.status === 401) {
    keep(null);
    return show(heading(), h('p', { class: 'error', role: 'alert' }, t('commandWrongToken')), login());
  }
  const words = { 403: t('commandsOff'), 503: t('commandsClosed') }[error.status];
  show(heading(), h('article', { class: 'card' }, h('p', { role: 'alert' }, words ?? (error instanceof TypeError ? t('unreachable') : error.message)),
    words ? h('p', { class: 'meta' }, error.message) : h('div', { class: 'tools' }, h('button', { type: 'button', onclick: open }, t('tryAgain')))));
}

function login() {
  const input = h('input', { type: 'password', id: 'token', required: true, autocomplete: 'off', minlength: 16 });
  return h('form', { onsubmit: (event) => { event.preventDefault(); keep(input.value.trim()); open(); } },
    h('article', { class: 'card' }, h('p', {}, t('commandLoginHelp')),
      h('div', { class: 'fields' }, h('label', { for: 'token' }, h('small', {}, t('commandToken')), input)),
      h('div', { class: 'tools' }, h('button', { type: 'submit', class: 'main' }, t('commandEnter')))));
}

// Fast while somebody waits for an answer of a device, else slowly. A newer round ends the one before.
async function follow(history) {
  round += 1;
  const own = round;
  while (own === round) {
    let pause = 15000;
    try {
      const list = await api('commands?limit=200', 'GET', undefined, token);
      if (own !== round) return;
      history.take(list);
      if (list.commands.some(isOpen)) pause = 2000;
      fill(document.getElementById('fault'));
    } catch (error) {
      if (error.status === 401) return refuse(error);
      fill(document.getElementById('fault'), h('p', { class: 'error', role: 'alert' }, error instanceof TypeError ? t('unreachable') : error.message));
    }
    await new Promise((done) => setTimeout(done, pause));
  }
}
