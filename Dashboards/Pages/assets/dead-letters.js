// Messages that could not be decoded, and the button that tries them again.
import { number, refusal, t, time } from './format.js';
import { api, fill, fold, h, pill } from './frame.js';

const outcome = h('p', { class: 'meta', role: 'status' });

export function deadLetters(view) {
  const total = Object.values(view.counts).reduce((sum, count) => sum + count, 0);
  return h('section', { id: 'undecoded' },
    h('h2', {}, `${t('undecoded')} (${number(total)})`),
    total === 0 ? h('p', { class: 'card empty' }, t('noUndecoded')) : [
      h('div', { class: 'tools' },
        Object.entries(view.counts).map(([reason, count]) => pill('warn', `${refusal(reason)}: ${number(count)}`)),
        h('button', { type: 'button', 'data-key': 'decode-again', onclick: decode }, t('decodeAgain'))),
      h('div', { class: 'scroll' }, view.messages.map(letter))],
    outcome);
}

function letter(message) {
  return fold(`letter-${message.position}`, {},
    [h('span', {}, message.topic), h('small', {}, time(message.receivedAt))],
    h('div', { class: 'inside' }, h('p', {}, `${refusal(message.reason)}: ${message.message}`), h('code', {}, message.payload)));
}

async function decode(event) {
  event.target.disabled = true;
  try {
    const run = await api('dead-letters/decode', 'POST');
    fill(outcome, `${t('tried')} ${number(run.tried)} · ${t('decoded')} ${number(run.decoded)} · ${t('failed')} ${number(run.failed)}`);
  } catch (error) {
    fill(outcome, error instanceof TypeError ? t('unreachable') : error.message);
  }
  event.target.disabled = false;
}
