// What every page shares: language, header, the simulated banner, fetching, live events, formatting.
import { words } from './text.js';

const parameters = new URLSearchParams(location.search);
export const language = parameters.get('lang') || localStorage.getItem('language') || 'vi';
const table = words[language] ? words[language] : words.vi;

export const t = (key) => table[key] ?? key;

// Builds an element: h('p', {class: 'sub'}, 'text', child…). Text is never taken as HTML.
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

export function svg(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const locale = language === 'vi' ? 'vi-VN' : 'en-GB';
const zone = 'Asia/Ho_Chi_Minh';
const timeFormat = new Intl.DateTimeFormat(locale, {
  timeZone: zone, day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false,
});

export const time = (text) => (text ? timeFormat.format(new Date(text)) : '–');

export function number(value, unit = '', digits = 1) {
  if (value === null || value === undefined || Number.isNaN(value)) return t('noData');
  const shown = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  return unit ? `${shown} ${unit}` : shown;
}

export const percent = (share, digits = 0) =>
  share === null || share === undefined ? t('noData') : number(share * 100, '%', digits);

export const pill = (kind, ...text) => h('span', { class: `pill ${kind}` }, ...text);
export const simulatedPill = () => pill('sim', t('simulatedShort'));

export function severityPill(severity) {
  return pill({ critical: 'bad', major: 'bad', minor: 'warn', warning: 'warn' }[severity] || '', t(severity));
}

export function outcomePill(outcome) {
  const sign = { met: '✓ ', not_met: '✗ ', not_enough_data: '… ', no_threshold: '– ' }[outcome] || '';
  const kind = { met: 'good', not_met: 'bad', not_enough_data: 'warn' }[outcome] || '';
  return pill(kind, sign, t(outcome));
}

export async function get(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } });
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(body?.error || body?.error?.message || `${answer.status} ${answer.statusText}`);
  return body;
}

export const api = (name) => get(`/api/langso/v1/${name}`);

export const chartLink = (expression, range) =>
  `/series?expr=${encodeURIComponent(expression)}${range ? `&range=${range}` : ''}`;

export function show(...children) {
  const main = document.getElementById('main');
  main.replaceChildren(...children.flat().filter(Boolean));
}

let offlineBanner = null;
function setOffline(isOffline) {
  if (isOffline && !offlineBanner) {
    offlineBanner = h('div', { class: 'offline', role: 'status' }, t('unreachable'));
    document.getElementById('top').append(offlineBanner);
  } else if (!isOffline && offlineBanner) {
    offlineBanner.remove();
    offlineBanner = null;
  }
}

let simulatedBanner = null;
export function setSimulated(isSimulated) {
  if (isSimulated && !simulatedBanner) {
    simulatedBanner = h('div', { class: 'simulated', role: 'note' }, t('simulated'));
    document.getElementById('top').append(simulatedBanner);
  } else if (!isSimulated && simulatedBanner) {
    simulatedBanner.remove();
    simulatedBanner = null;
  }
}

// Draws a page now and whenever one of the named events comes; at most once in two seconds.
export function live(events, draw) {
  let running = false;
  let again = false;
  const run = async () => {
    if (running) { again = true; return; }
    running = true;
    try {
      await draw();
      setOffline(false);
    } catch (error) {
      if (error instanceof TypeError) setOffline(true);
      else show(h('p', { class: 'error', role: 'alert' }, error.message));
    }
    setTimeout(() => { running = false; if (again) { again = false; run(); } }, 2000);
  };
  run();
  const source = new EventSource('/api/langso/v1/events');
  for (const name of events) source.addEventListener(name, run);
  source.onerror = () => setOffline(true);
  source.onopen = () => { setOffline(false); run(); };
}

export function frame() {
  const page = document.body.dataset.page;
  document.documentElement.lang = language;
  document.title = `${t(page)} · langso`;
  const link = (name, href) =>
    h('a', { href, 'aria-current': name === page ? 'page' : null }, t(name));
  const other = language === 'vi' ? 'en' : 'vi';
  const change = () => {
    localStorage.setItem('language', other);
    parameters.delete('lang');
    location.search = parameters.toString();
    if (!parameters.toString()) location.reload();
  };
  document.getElementById('top').replaceChildren(
    h('div', { class: 'bar' },
      h('a', { class: 'brand', href: '/' }, h('img', { src: '/assets/icon.svg', alt: '' }), 'làng số'),
      h('nav', {}, link('overview', '/'), link('indicators', '/indicators'), link('alerts', '/alerts'),
        link('devices', '/devices'), link('series', '/series')),
      h('button', { type: 'button', onclick: change, lang: other }, t('language'))));
  document.getElementById('foot').replaceChildren(`langso · ${t('localTime')}`);
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = t(element.dataset.text);
}
