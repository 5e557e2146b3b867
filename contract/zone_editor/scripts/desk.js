// The desk on which zones are drawn: picture, tools, list and form. Who keeps what is drawn is the
// page's own business: `changed(desk)` is called after each change, `desk.tracks` are the people on
// a live picture.

import { Drawing, mistake } from './drawing.js';
import { Form } from './form.js';
import { Gestures } from './gestures.js';
import { Easel } from './paint.js';
import { say } from './words.js';

export const root = document.getElementById('editor');
export const by = (id) => document.getElementById(id);
export const act = (name) => root.querySelector(`[data-act="${name}"]`);

export class Desk {
  constructor(changed) {
    this.drawing = new Drawing();
    this.chosen = null;
    this.corner = null;
    this.sketch = null;
    this.tracks = [];
    this.told = changed;
    this.easel = new Easel(by('canvas'));
    this.form = new Form(this);
    new Gestures(this.easel, this); // listens from here on
    this.#listen();
  }

  read(drawn) {
    this.drawing.read(drawn);
    this.choose(null);
    this.changed();
  }

  show(image) {
    this.easel.show(image);
    this.paint();
  }

  paint() {
    const { drawing, chosen, corner, sketch, tracks } = this;
    this.easel.paint({ items: drawing.items, chosen, corner, sketch, tracks, unit: say('seconds') });
  }

  choose(index) {
    this.chosen = index;
    this.corner = null;
    this.form.show();
  }

  begin(kind) {
    this.choose(null);
    this.sketch = { kind, points: [] };
    hint(say(kind === 'line' ? 'draw_line' : 'draw_polygon'));
    this.changed();
    this.easel.canvas.focus({ preventScroll: true });
  }

  finish() {
    const { kind, points } = this.sketch;
    if (points.length < (kind === 'line' ? 2 : 3)) {
      hint(say('few_corners'));
      return;
    }
    this.sketch = null;
    hint('');
    this.choose(this.drawing.add(kind, points));
    this.changed();
  }

  cancel() {
    this.sketch = null;
    hint('');
    this.choose(null);
    this.changed();
  }

  remove() {
    if (this.chosen === null) return;
    const { kind, points } = this.drawing.items[this.chosen];
    if (this.corner !== null && kind !== 'line' && points.length > 3) {
      this.drawing.step();
      points.splice(this.corner, 1);
      this.corner = null;
    } else this.removeItem();
  }

  removeItem() {
    this.drawing.remove(this.chosen);
    this.choose(null);
  }

  go(way) {
    this.drawing[way]();
    if (!(this.chosen in this.drawing.items)) this.choose(null);
    this.corner = null;
    this.form.show();
    this.changed();
  }

  changed() {
    this.paint();
    this.form.refresh();
    this.#list();
    const wrong = this.drawing.items.some((item) => mistake(item, this.drawing.items));
    act('save').disabled = wrong || !this.drawing.isChanged || this.sketch !== null;
    act('undo').disabled = !this.drawing.past.length;
    act('redo').disabled = !this.drawing.future.length;
    act('finish').hidden = act('cancel').hidden = this.sketch === null;
    root.querySelectorAll('[data-tool]').forEach((button) => button.setAttribute('aria-pressed', String(this.sketch?.kind === button.dataset.tool)));
    this.told(this);
  }

  #list() {
    const hadFocus = [...by('items').querySelectorAll('button')].indexOf(document.activeElement);
    const rows = this.drawing.items.map((item, index) => this.#row(item, index));
    by('items').replaceChildren(...rows);
    if (hadFocus >= 0) rows[hadFocus]?.firstChild.focus();
  }

  #row(item, index) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = `item kind-${item.kind}`;
    button.setAttribute('aria-pressed', String(index === this.chosen));
    const wrong = mistake(item, this.drawing.items);
    button.textContent = `${say(item.kind)} ${item.name || index + 1}${item.kind === 'zone' ? ` · ${item.limit} ${say('seconds')}` : ''}${wrong ? ` ⚠ ${say(wrong)}` : ''}`;
    button.addEventListener('click', () => { this.choose(index); this.changed(); });
    const row = document.createElement('li');
    row.append(button);
    return row;
  }

  #listen() {
    root.querySelectorAll('[data-tool]').forEach((button) => button.addEventListener('click', () => this.begin(button.dataset.tool)));
    act('finish').addEventListener('click', () => this.finish());
    act('cancel').addEventListener('click', () => this.cancel());
    act('undo').addEventListener('click', () => this.go('undo'));
    act('redo').addEventListener('click', () => this.go('redo'));
    act('delete').addEventListener('click', () => { this.removeItem(); this.changed(); });
    act('delete-corner').addEventListener('click', () => { this.remove(); this.changed(); });
    document.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.target.matches('input')) return;
      const way = { z: event.shiftKey ? 'redo' : 'undo', y: 'redo' }[event.key.toLowerCase()];
      if (way) { event.preventDefault(); this.go(way); }
    });
    window.addEventListener('resize', () => this.paint());
  }
}

function hint(text) { by('hint').textContent = text; }
