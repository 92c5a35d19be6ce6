// What every page shares: building elements, header, banners, fetching, live events.
import { language, remember, t } from './format.js';

// Builds an element: h('p', {class: 'sub'}, 'text', child…). Text is never taken as HTML.
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    // Style goes through the object model: the content security policy forbids the attribute.
    else if (name === 'style') element.style.cssText = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  append(element, children);
  return element;
}

export function svg(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

// Replaces what a place holds, and gives the focus back to what had it before.
export function fill(place, ...children) {
  const key = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const fresh = document.createDocumentFragment();
  append(fresh, children);
  place.replaceChildren(fresh);
  if (key) place.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

export const show = (...children) => fill(document.getElementById('main'), ...children);

// What may be opened and shut; the choice outlives redrawing.
const choices = new Map();
export function fold(key, attributes, summary, body, isOpenAtFirst = false) {
  const details = h('details', { ...attributes, open: choices.get(key) ?? isOpenAtFirst },
    h('summary', { 'data-key': key }, summary), body);
  details.addEventListener('toggle', () => {
    if (choices.has(key) || details.open !== isOpenAtFirst) choices.set(key, details.open);
  });
  return details;
}

export const pill = (kind, ...text) => h('span', { class: `pill ${kind}` }, text);
export const simulatedPill = () => pill('sim', t('simulatedShort'));

export function severityPill(severity) {
  return pill({ critical: 'bad', major: 'bad', minor: 'warn', warning: 'warn' }[severity] || '', t(severity));
}

export function outcomePill(outcome) {
  const sign = { met: '✓ ', not_met: '✗ ', not_enough_data: '… ', no_threshold: '– ' }[outcome] || '';
  const kind = { met: 'good', not_met: 'bad', not_enough_data: 'warn' }[outcome] || '';
  return pill(kind, sign, t(outcome));
}

// Addresses are relative, here and everywhere: the site may stand below a path that only a proxy knows.
export const chartLink = (expression, range) =>
  `series?expr=${encodeURIComponent(expression)}${range ? `&range=${range}` : ''}`;

// An answer that says what is wrong, where it can with codes; a TypeError of fetch means that there was none.
export class Fault extends Error {
  constructor(message, faults = [], status = 0) {
    super(message);
    this.faults = faults;
    this.status = status;
  }
}

export async function get(path, method = 'GET', value = undefined, token = null) {
  const headers = { Accept: 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (value !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(path, { method, headers, body: value === undefined ? undefined : JSON.stringify(value) });
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Fault(body?.error || `${answer.status} ${answer.statusText}`, body?.faults, answer.status);
  return body;
}

export const api = (name, method, value, token) => get(`api/langso/v1/${name}`, method, value, token);

const banners = new Map();
function banner(name, isShown, role) {
  if (isShown && !banners.has(name)) {
    const element = h('div', { class: name, role }, t(name));
    banners.set(name, element);
    document.getElementById('banners').append(element);
  } else if (!isShown && banners.has(name)) {
    banners.get(name).remove();
    banners.delete(name);
  }
}

const setOffline = (isOffline) => banner('unreachable', isOffline, 'alert');

export function setSimulated(isSimulated) {
  banner('simulated', isSimulated, 'note');
  document.title = `${isSimulated ? `[${t('simulatedShort')}] ` : ''}${t(document.body.dataset.page)} · làng số`;
}

// Draws a page now, whenever one of the named events comes (at most once in two seconds), and again
// after a failure. What was drawn before stays on the screen while the gateway cannot be reached.
export function live(events, draw) {
  let isRunning = false;
  let isWanted = false;
  let isDrawn = false;
  const run = async () => {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    isWanted = false;
    let pause = 2000;
    try {
      await draw();
      isDrawn = true;
      setOffline(false);
      fill(document.getElementById('fault'));
    } catch (error) {
      pause = 5000;
      isWanted = true;
      if (error instanceof TypeError) setOffline(true);
      else fill(document.getElementById('fault'), h('p', { class: 'error', role: 'alert' }, error.message));
      if (!(error instanceof Fault) && !(error instanceof TypeError)) console.error(error);
      if (!isDrawn) show(h('p', { class: 'empty' }, t('noData')));
    }
    setTimeout(() => { isRunning = false; if (isWanted) run(); }, pause);
  };
  run();
  listen(events, run);
}

function listen(events, run) {
  const source = new EventSource('api/langso/v1/events');
  for (const name of events) source.addEventListener(name, run);
  let wasLost = false;
  source.onopen = () => { setOffline(false); if (wasLost) run(); wasLost = false; };
  source.onerror = () => {
    wasLost = true;
    setOffline(true);
    // The browser tries again by itself unless the answer was no stream, as from a proxy.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => { listen(events, run); run(); }, 5000);
  };
  // A page that is left must not look as if the gateway had gone.
  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
}

export function frame() {
  const page = document.body.dataset.page;
  document.documentElement.lang = language;
  setSimulated(false);
  const link = (name, href) => h('a', { href, 'aria-current': name === page ? 'page' : null }, t(name));
  const other = language === 'vi' ? 'en' : 'vi';
  const change = () => {
    remember(other);
    const address = new URL(location.href);
    address.searchParams.set('lang', other);
    location.replace(address);
  };
  document.getElementById('top').replaceChildren(
    h('a', { class: 'skip', href: '#main' }, t('skip')),
    h('div', { class: 'bar' },
      h('a', { class: 'brand', href: './' }, h('img', { src: 'assets/icon.svg', alt: '' }), 'làng số'),
      h('nav', { 'aria-label': t('pages') }, link('overview', './'), link('indicators', 'indicators'),
        link('alerts', 'alerts'), link('devices', 'devices'), link('inbox', 'inbox'), link('changes', 'changes'),
        link('commands', 'commands'), link('series', 'series')),
      h('button', { type: 'button', onclick: change, lang: other }, t('language'))));
  document.getElementById('main').before(h('div', { id: 'banners' }), h('div', { id: 'fault' }));
  document.getElementById('foot').replaceChildren(`langso · ${t('localTime')}`);
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = t(element.dataset.text);
}
