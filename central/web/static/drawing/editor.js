// Zones drawn in the district, on the last picture that the device has sent.

import { Drawing, mistake } from './drawing.js';
import { Form } from './form.js';
import { Gestures } from './gestures.js';
import { Easel } from './paint.js';
import { say } from './talk.js';

const root = document.getElementById('editor');
const by = (id) => document.getElementById(id);
const act = (name) => root.querySelector(`[data-act="${name}"]`);

const easel = new Easel(by('canvas'));

const desk = {
  drawing: new Drawing(), chosen: null, corner: null, sketch: null,

  choose(index) {
    this.chosen = index;
    this.corner = null;
    form.show();
  },

  begin(kind) {
    this.choose(null);
    this.sketch = { kind, points: [] };
    hint(say(kind === 'line' ? 'draw_line' : 'draw_polygon'));
    this.changed();
    by('canvas').focus({ preventScroll: true });
  },

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
  },

  cancel() {
    this.sketch = null;
    hint('');
    this.choose(null);
    this.changed();
  },

  remove() {
    if (this.chosen === null) return;
    const { kind, points } = this.drawing.items[this.chosen];
    if (this.corner !== null && kind !== 'line' && points.length > 3) {
      this.drawing.step();
      points.splice(this.corner, 1);
      this.corner = null;
    } else this.removeItem();
  },

  removeItem() {
    this.drawing.remove(this.chosen);
    this.choose(null);
  },

  go(way) {
    this.drawing[way]();
    if (!(this.chosen in this.drawing.items)) this.choose(null);
    this.corner = null;
    form.show();
    this.changed();
  },

  changed() {
    paint();
    form.refresh();
    list();
    const wrong = this.drawing.items.some((item) => mistake(item, this.drawing.items));
    act('save').disabled = wrong || !this.drawing.isChanged || this.sketch !== null;
    act('undo').disabled = !this.drawing.past.length;
    act('redo').disabled = !this.drawing.future.length;
    act('finish').hidden = act('cancel').hidden = this.sketch === null;
    root.querySelectorAll('[data-tool]').forEach((button) => button.setAttribute('aria-pressed', String(this.sketch?.kind === button.dataset.tool)));
    by('unsaved').textContent = this.drawing.isChanged ? say('unsaved') : '';
    by('drawing').value = JSON.stringify(this.drawing.written(undefined));
  },
};

const form = new Form(desk);
new Gestures(easel, desk); // listens from here on

function paint() {
  easel.paint({ items: desk.drawing.items, chosen: desk.chosen, corner: desk.corner, sketch: desk.sketch, tracks: [], unit: say('seconds') });
}

function hint(text) { by('hint').textContent = text; }

function list() {
  const rows = desk.drawing.items.map((item, index) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = `item kind-${item.kind}`;
    button.setAttribute('aria-pressed', String(index === desk.chosen));
    const wrong = mistake(item, desk.drawing.items);
    button.textContent = `${say(item.kind)} ${item.name || index + 1}${item.kind === 'zone' ? ` · ${item.limit} ${say('seconds')}` : ''}${wrong ? ` ⚠ ${say(wrong)}` : ''}`;
    button.addEventListener('click', () => { desk.choose(index); desk.changed(); });
    const row = document.createElement('li');
    row.append(button);
    return row;
  });
  const hadFocus = [...by('items').querySelectorAll('button')].indexOf(document.activeElement);
  by('items').replaceChildren(...rows);
  if (hadFocus >= 0) rows[hadFocus]?.firstChild.focus();
}

root.querySelectorAll('[data-tool]').forEach((button) => button.addEventListener('click', () => desk.begin(button.dataset.tool)));
act('finish').addEventListener('click', () => desk.finish());
act('cancel').addEventListener('click', () => desk.cancel());
act('undo').addEventListener('click', () => desk.go('undo'));
act('redo').addEventListener('click', () => desk.go('redo'));
act('delete').addEventListener('click', () => { desk.removeItem(); desk.changed(); });
act('delete-corner').addEventListener('click', () => { desk.remove(); desk.changed(); });
document.addEventListener('keydown', (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.matches('input')) return;
  const way = { z: event.shiftKey ? 'redo' : 'undo', y: 'redo' }[event.key.toLowerCase()];
  if (way) { event.preventDefault(); desk.go(way); }
});
window.addEventListener('resize', paint);
let isSent = false;
by('save').addEventListener('submit', () => { isSent = true; });
window.addEventListener('beforeunload', (event) => { if (desk.drawing.isChanged && !isSent) event.preventDefault(); });

desk.drawing.read(JSON.parse(by('drawn').textContent));
const image = new Image();
image.addEventListener('load', () => { easel.show(image); paint(); });
image.src = root.dataset.picture;
desk.choose(null);
desk.changed();
