// What is drawn, and every step back and forth.

import { MIN_AREA, area, crossesItself } from './geometry.js';

export const KINDS = ['zone', 'line', 'post', 'mask'];
const MOST_STEPS = 200;

const NEW = {
  zone: { limit: 8 },
  line: { direction: 'any' },
  post: { duty: 'guard_on_post', gap: 180 },
  mask: {},
};

const READ = {
  zones: (row) => ({ kind: 'zone', was: row.was, name: row.zone_id, points: row.polygon, limit: row.dwell_limit_s }),
  lines: (row) => ({ kind: 'line', was: row.was, name: row.line_id, points: [row.a, row.b], direction: row.direction }),
  posts: (row) => ({ kind: 'post', was: row.was, name: row.post_id, points: row.polygon, duty: row.duty, gap: row.gap_s }),
  masks: (row) => ({ kind: 'mask', was: row.was, name: '', points: row.polygon }),
};

const WRITE = {
  zone: (item) => ['zones', { was: item.was, zone_id: item.name, polygon: item.points, dwell_limit_s: item.limit }],
  line: (item) => ['lines', { was: item.was, line_id: item.name, a: item.points[0], b: item.points[1], direction: item.direction }],
  post: (item) => ['posts', { was: item.was, post_id: item.name, duty: item.duty, polygon: item.points, gap_s: item.gap }],
  mask: (item) => ['masks', { was: item.was, polygon: item.points }],
};

export class Drawing {
  constructor() {
    this.items = [];
    this.past = [];
    this.future = [];
    this.saved = '[]';
  }

  read(said) {
    this.items = Object.entries(READ).flatMap(([key, made]) => (said[key] || []).map(made));
    this.saved = JSON.stringify(this.items);
    this.past = [];
    this.future = [];
  }

  written(revision) {
    const all = { revision, zones: [], lines: [], posts: [], masks: [] };
    this.items.map((item) => WRITE[item.kind](item)).forEach(([key, row]) => all[key].push(row));
    return all;
  }

  get isChanged() { return JSON.stringify(this.items) !== this.saved; }

  // Call before a change; a whole drag is one step.
  step() {
    this.past.push(JSON.stringify(this.items));
    this.past.splice(0, Math.max(0, this.past.length - MOST_STEPS));
    this.future = [];
  }

  undo() { this.#go(this.past, this.future); }

  redo() { this.#go(this.future, this.past); }

  #go(from, to) {
    if (!from.length) return;
    to.push(JSON.stringify(this.items));
    this.items = JSON.parse(from.pop());
  }

  add(kind, points) {
    this.step();
    this.items.push({ kind, was: null, name: kind === 'mask' ? '' : this.#freeName(kind), points, ...NEW[kind] });
    return this.items.length - 1;
  }

  remove(index) {
    this.step();
    this.items.splice(index, 1);
  }

  #freeName(kind) {
    const taken = new Set(this.items.map((item) => item.name));
    let number = 1;
    while (taken.has(`${kind}-${number}`)) number += 1;
    return `${kind}-${number}`;
  }
}

// Gives the word for what is wrong with an item, or ''.
export function mistake(item, items) {
  if (item.kind !== 'mask') {
    if (!item.name.trim()) return 'no_name';
    if (items.some((other) => other !== item && other.name === item.name)) return 'same_name';
  }
  if (item.kind === 'zone' && !(item.limit > 0 && item.limit <= 86400)) return 'no_limit';
  if (item.kind === 'line') return '';
  if (item.points.length < 3) return 'few_corners';
  if (crossesItself(item.points)) return 'crosses';
  return Math.abs(area(item.points)) < MIN_AREA ? 'too_small' : '';
}
