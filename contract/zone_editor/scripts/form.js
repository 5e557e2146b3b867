// The names and figures of what is chosen.

import { mistake } from './drawing.js';
import { say } from './words.js';

const FIELDS = { name: 'name', limit: 'limit', direction: 'direction', duty: 'duty', gap: 'gap' };
const NUMBERS = new Set(['limit', 'gap']);

export class Form {
  constructor(desk) {
    this.desk = desk;
    this.form = document.getElementById('form');
    Object.entries(FIELDS).forEach(([id, key]) => {
      document.getElementById(id).addEventListener('change', (event) => this.take(key, event.target.value));
    });
    this.form.querySelector('[data-act="swap"]').addEventListener('click', () => this.swap());
    this.form.addEventListener('submit', (event) => event.preventDefault());
  }

  get item() { return this.desk.drawing.items[this.desk.chosen]; }

  show() {
    const { item } = this;
    this.form.hidden = !item;
    if (!item) return;
    this.form.querySelectorAll('[data-for]').forEach((part) => { part.hidden = !part.dataset.for.split(' ').includes(item.kind); });
    Object.entries(FIELDS).forEach(([id, key]) => { if (key in item) document.getElementById(id).value = item[key]; });
  }

  refresh() {
    const { item } = this;
    if (!item) return;
    const wrong = mistake(item, this.desk.drawing.items);
    const problem = document.getElementById('problem');
    problem.textContent = wrong ? say(wrong) : '';
    problem.hidden = !wrong;
    const button = this.form.querySelector('[data-act="delete-corner"]');
    button.hidden = this.desk.corner === null || item.kind === 'line' || item.points.length <= 3;
  }

  take(key, text) {
    const value = NUMBERS.has(key) ? Number(text) : text.trim();
    if (!this.item || this.item[key] === value) return;
    this.desk.drawing.step();
    this.item[key] = value;
    this.desk.changed();
  }

  swap() {
    this.desk.drawing.step();
    this.item.points.reverse();
    this.desk.changed();
  }
}
