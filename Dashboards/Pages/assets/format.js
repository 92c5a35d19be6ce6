// Language, numbers and times: what is shown is read in Vietnam, in its time, with its marks.
import { words } from './text.js';

const languages = ['vi', 'en'];

// Storage may be forbidden; the choice then lasts for the page.
function stored() {
  try { return localStorage.getItem('language'); } catch { return null; }
}

export function remember(name) {
  try { localStorage.setItem('language', name); } catch { /* The address carries it. */ }
}

const asked = new URLSearchParams(location.search).get('lang');
export const language = [asked, stored()].find((name) => languages.includes(name)) || 'vi';
if (asked === language) remember(language);

export const t = (key) => words[language][key] ?? key;
export const either = (object, name) => (language === 'vi'
  ? object[`${name}Vi`] || object[`${name}En`] : object[`${name}En`] || object[`${name}Vi`]);

// The API leaves out what has no value.
export const has = (value) => value !== null && value !== undefined && !Number.isNaN(value);

const dash = '—';
const clockFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh', day: '2-digit', month: '2-digit', year: 'numeric',
  hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
});

// dd/MM/yyyy HH:mm in both languages: one order for all readers of one screen.
export function time(value) {
  if (!has(value)) return dash;
  const parts = Object.fromEntries(clockFormat.formatToParts(new Date(value)).map((part) => [part.type, part.value]));
  return `${parts.day}/${parts.month}/${parts.year} ${parts.hour}:${parts.minute}`;
}

const numberFormats = new Map();
export function number(value, unit = '', digits = 1) {
  if (!has(value)) return t('noData');
  if (!numberFormats.has(digits)) {
    numberFormats.set(digits, new Intl.NumberFormat(language === 'vi' ? 'vi-VN' : 'en-GB', { maximumFractionDigits: digits }));
  }
  const shown = numberFormats.get(digits).format(value);
  // A number and its unit stay on one line.
  return unit ? `${shown}\u00a0${unit}` : shown;
}

export const percent = (share, digits = 0) => (has(share) ? number(share * 100, '%', digits) : t('noData'));

// For searching without marks: "na ech" finds "Nà Ếch".
export const plain = (text) => text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '').replaceAll('đ', 'd');

// A text as one word of a command line of bash or zsh, which no name of a device gets out of.
const order = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
export function shellWord(text) {
  if (!order.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  // Control characters are written as bytes, so that none reaches the terminal it is pasted into.
  const bytes = (letter) => [...new TextEncoder().encode(letter)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  return `$'${[...text].map((letter) => (order.test(letter) ? bytes(letter) : letter.replace(/[\\']/, '\\$&'))).join('')}'`;
}

// A sentence that came as a code with its values; one that the page does not know comes in English.
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[\d.]+Z$/;
export function note(one) {
  const text = words[language][`note_${one.code}`];
  const value = (place) => {
    const given = one.values[place] ?? '';
    const said = spoken[one.code]?.[place]?.(given, one.values);
    return said ?? (instant.test(given) ? time(given) : given);
  };
  return text ? text.replace(/\{(\d)\}/g, (_, place) => value(place)) : one.words;
}

// Why a message could not be decoded.
export const refusal = (code) => words[language][`refused_${code}`] ?? code;

// Why something could not be done now.
const cause = (code) => words[language][`cause_${code}`] ?? code;

// What a column of the registry takes; the gateway's own words for it are English, and stand behind
// where the fault is not the form of the cell.
const taken = (said, [column]) => {
  const takes = words[language][`takes_${column}`];
  if (!takes) return said;
  return /^"[^]*" is not /.test(said) ? takes : `${takes} (${said})`;
};

// Values of notes that are codes themselves, or English: what is said for each, by its place.
const spoken = { change_other_kind: { 0: t, 2: t }, change_undecoded: { 1: refusal }, change_not_stored_again: { 0: cause },
  still_waiting: { 0: cause }, change_registry_cell: { 1: taken }, registry_cell: { 1: taken } };

// UCUM codes as people write them.
const unitNames = { Cel: '°C', m3: 'm³', 'm3/h': 'm³/h', 'kW.h': 'kWh', '[pH]': 'pH', '{NTU}': 'NTU', 'uS/cm': 'µS/cm',
  deg: '°', 1: '', 'dB{mW}': 'dBm', 'dB[SPL]': 'dB' };
export const unitName = (code) => unitNames[code] ?? code;
