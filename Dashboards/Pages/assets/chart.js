// A line chart in SVG, drawn in the pixels of its place so that its words stay readable on a phone.
import { number, time } from './format.js';
import { svg } from './frame.js';

export const colours = ['#0b6e99', '#c2410c', '#15803d', '#7e22ce', '#b45309', '#be123c', '#0e7490', '#4d7c0f', '#6d28d9', '#9f1239'];
const offset = 7 * 3600;
const margin = { left: 58, right: 10, top: 10, bottom: 26 };

// `series` are [second, text] pairs; `onPoint` is told the second under the pointer, or null.
export function chart(series, { start, end, step, width, label, onPoint }) {
  const height = Math.round(Math.min(380, Math.max(220, width * 0.5)));
  const ticks = valueTicks(series, height);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const x = (second) => margin.left + ((second - start) / (end - start)) * (width - margin.left - margin.right);
  const y = (value) => margin.top + (1 - (value - low) / (high - low)) * (height - margin.top - margin.bottom);
  const picture = svg('svg', { class: 'chart', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', tabindex: 0, 'aria-label': label });
  const line = (x1, x2, y1, y2, opacity) => svg('line', { x1, x2, y1, y2, stroke: 'currentColor', 'stroke-opacity': opacity });
  const word = (text, at, height, anchor) => svg('text', { x: at, y: height, 'text-anchor': anchor, fill: 'currentColor' }, text);
  for (const value of ticks) {
    picture.append(line(margin.left, width - margin.right, y(value), y(value), 0.15), word(tickText(value), margin.left - 6, y(value) + 4, 'end'));
  }
  for (const second of timeTicks(start, end, width)) {
    picture.append(line(x(second), x(second), margin.top, height - margin.bottom, 0.1));
    // A word at the very edge would be cut.
    if (x(second) > margin.left + 12 && x(second) < width - 20) picture.append(word(clock(second), x(second), height - 8, 'middle'));
  }
  series.forEach((values, index) => picture.append(svg('path', {
    d: path(values, x, y, step), fill: 'none', stroke: colours[index % colours.length], 'stroke-width': 2, 'stroke-linejoin': 'round', 'stroke-linecap': 'round',
  })));
  const marker = line(0, 0, margin.top, height - margin.bottom, 0);
  picture.append(marker);
  let at = null;
  const point = (second) => {
    at = Math.min(end, Math.max(start, second));
    for (const name of ['x1', 'x2']) marker.setAttribute(name, x(at));
    marker.setAttribute('stroke-opacity', 0.6);
    onPoint(at);
  };
  const follow = (event) => {
    const left = event.clientX - picture.getBoundingClientRect().left;
    point(start + ((left - margin.left) / (width - margin.left - margin.right)) * (end - start));
  };
  picture.addEventListener('pointermove', follow);
  picture.addEventListener('pointerdown', follow);
  picture.addEventListener('keydown', (event) => {
    const moves = { ArrowLeft: -1, ArrowRight: 1, PageUp: -24, PageDown: 24 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    point((at ?? end) + moves[event.key] * step);
  });
  return picture;
}

// The value nearest to a second, or null when none is near.
export function nearest(values, second, reach) {
  let best = null; let distance = reach;
  for (const [at, value] of values) {
    if (Math.abs(at - second) <= distance) { distance = Math.abs(at - second); best = Number(value); }
  }
  return best;
}

export const moment = (second) => time(second * 1000);

// A line breaks where a step has no value: a gap must look like a gap.
function path(values, x, y, step) {
  let text = ''; let last = null;
  for (const [second, raw] of values) {
    const value = Number(raw);
    if (!Number.isFinite(value)) { last = null; continue; }
    const isJoined = last !== null && second - last <= step * 1.01;
    text += `${isJoined ? 'L' : 'M'}${x(second).toFixed(1)} ${y(value).toFixed(1)}`;
    if (!isJoined) text += 'h0.1';
    last = second;
  }
  return text;
}

function valueTicks(series, height) {
  let low = Infinity; let high = -Infinity;
  for (const values of series) {
    for (const [, raw] of values) {
      const value = Number(raw);
      if (Number.isFinite(value)) { low = Math.min(low, value); high = Math.max(high, value); }
    }
  }
  if (low > high) [low, high] = [0, 1];
  if (low > 0 && low < (high - low) * 2) low = 0;
  if (low === high) { low -= Math.abs(low) * 0.1 || 1; high += Math.abs(high) * 0.1 || 1; }
  const rough = (high - low) / (height < 260 ? 4 : 6);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const ticks = [];
  for (let index = Math.floor(low / step); ; index += 1) {
    ticks.push(Number((index * step).toPrecision(12)));
    if (index * step >= high) return ticks;
  }
}

function tickText(value) {
  for (const [size, sign] of [[1e9, 'G'], [1e6, 'M'], [1e4, 'k']]) {
    if (Math.abs(value) >= size) return `${number(value / (sign === 'k' ? 1000 : size), '', 2)} ${sign}`;
  }
  return number(value, '', 4);
}

function timeTicks(start, end, width) {
  const most = Math.max(3, Math.floor(width / 75));
  const hour = 3600;
  const sizes = [hour / 6, hour / 2, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour, 48 * hour, 96 * hour];
  const step = sizes.find((size) => (end - start) / size <= most) || 168 * hour;
  const ticks = [];
  for (let at = Math.ceil((start + offset) / step) * step - offset; at <= end; at += step) ticks.push(at);
  return ticks;
}

// Midnight is shown as its day, all else as the hour.
function clock(second) {
  const [day, hour] = moment(second).split(' ');
  return hour === '00:00' ? day.slice(0, 5) : hour;
}
