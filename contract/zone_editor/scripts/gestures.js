// Mouse, finger and keys on the picture. A finger is thicker than a mouse, and has more reach.

import { contains, edges, middle, snapped, toStretch } from './geometry.js';

const REACH = { mouse: 11, pen: 14, touch: 26 };
const SNAP_PX = 10;
const KEY_STEP = 0.005;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Gestures {
  constructor(easel, desk) {
    this.easel = easel;
    this.desk = desk;
    this.held = null;
    const { canvas } = easel;
    canvas.addEventListener('pointerdown', (event) => this.down(event));
    canvas.addEventListener('pointermove', (event) => this.move(event));
    canvas.addEventListener('pointerup', () => this.up());
    canvas.addEventListener('pointercancel', () => this.up());
    canvas.addEventListener('dblclick', () => this.desk.sketch && this.desk.finish());
    canvas.addEventListener('keydown', (event) => this.key(event));
  }

  down(event) {
    if (event.button > 0) return;
    event.preventDefault();
    this.easel.canvas.focus({ preventScroll: true });
    const point = this.easel.from(event);
    const reach = REACH[event.pointerType] || REACH.mouse;
    if (this.desk.sketch) this.corner(point, reach);
    else this.grasp(point, reach, event);
    this.desk.changed();
  }

  // While drawing: another corner, or back to the first one.
  corner(point, reach) {
    const { sketch } = this.desk;
    if (sketch.points.length >= 3 && this.near(point, sketch.points[0], reach)) {
      this.desk.finish();
      return;
    }
    const last = sketch.points.at(-1);
    if (!last || !this.near(point, last, 3)) sketch.points.push(this.snap(point, null));
    if (sketch.kind === 'line' && sketch.points.length === 2) this.desk.finish();
  }

  grasp(point, reach, event) {
    const { desk } = this;
    const item = desk.drawing.items[desk.chosen];
    if (item && (this.graspCorner(item, point, reach) || this.graspMiddle(item, point, reach))) {
      this.easel.canvas.setPointerCapture(event.pointerId);
      return;
    }
    const found = this.under(point, reach);
    if (found !== desk.chosen) desk.choose(found);
    if (found !== null) {
      this.held = { kind: 'whole', from: point, points: desk.drawing.items[found].points };
      this.easel.canvas.setPointerCapture(event.pointerId);
    }
    desk.corner = null;
  }

  graspCorner(item, point, reach) {
    const index = item.points.findIndex((corner) => this.near(point, corner, reach));
    if (index < 0) return false;
    this.desk.corner = index;
    this.held = { kind: 'corner', index };
    return true;
  }

  graspMiddle(item, point, reach) {
    if (item.kind === 'line' || item.points.length >= 64) return false;
    const index = edges(item.points).findIndex((edge) => this.near(point, middle(edge), reach));
    if (index < 0) return false;
    this.desk.drawing.step();
    item.points.splice(index + 1, 0, point);
    this.desk.corner = index + 1;
    this.held = { kind: 'corner', index: index + 1, isStepped: true };
    return true;
  }

  under(point, reach) {
    const { items } = this.desk.drawing;
    for (let index = items.length - 1; index >= 0; index -= 1) {
      const { kind, points } = items[index];
      const away = kind === 'line' ? toStretch(this.easel.at(point), ...points.map((p) => this.easel.at(p))) : Infinity;
      if (kind === 'line' ? away < reach : contains(points, point)) return index;
    }
    return null;
  }

  move(event) {
    if (!this.held) return;
    const point = this.easel.from(event);
    const item = this.desk.drawing.items[this.desk.chosen];
    if (!this.held.isStepped) {
      this.desk.drawing.step();
      this.held.isStepped = true;
    }
    if (this.held.kind === 'corner') item.points[this.held.index] = this.snap(point, item);
    else item.points = moved(this.held.points, [point[0] - this.held.from[0], point[1] - this.held.from[1]]);
    this.desk.changed();
  }

  up() {
    if (!this.held) return;
    this.held = null;
    this.desk.changed();
  }

  key(event) {
    const { desk } = this;
    if (event.key === 'Escape') desk.cancel();
    else if (event.key === 'Enter' && desk.sketch) desk.finish();
    else if (desk.chosen === null) return;
    else if (event.key in ARROWS) this.nudge(ARROWS[event.key], event.shiftKey ? 5 : 1);
    else if (event.key === 'Delete' || event.key === 'Backspace') desk.remove();
    else if (event.key === 'Tab' && this.nextCorner(event.shiftKey ? -1 : 1)) { /* stays on the picture */ } else return;
    event.preventDefault();
    desk.changed();
  }

  nudge(way, times) {
    const item = this.desk.drawing.items[this.desk.chosen];
    const by = way.map((value) => value * KEY_STEP * times);
    this.desk.drawing.step();
    if (this.desk.corner === null) item.points = moved(item.points, by);
    else [item.points[this.desk.corner]] = moved([item.points[this.desk.corner]], by);
  }

  // From corner to corner; past the last one the focus leaves the picture, as everywhere.
  nextCorner(by) {
    const { points } = this.desk.drawing.items[this.desk.chosen];
    const next = this.desk.corner === null ? (by > 0 ? 0 : points.length - 1) : this.desk.corner + by;
    this.desk.corner = next in points ? next : null;
    return next in points;
  }

  near(point, corner, reach) {
    const [a, b] = [this.easel.at(point), this.easel.at(corner)];
    return Math.hypot(a[0] - b[0], a[1] - b[1]) <= reach;
  }

  snap(point, item) {
    const inside = point.map((value) => Math.max(0, Math.min(1, value)));
    const others = this.desk.drawing.items.filter((other) => other !== item).flatMap((other) => other.points);
    return snapped(inside, [SNAP_PX / this.easel.width, SNAP_PX / this.easel.height], others);
  }
}

function moved(points, by) {
  const least = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])));
  const most = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis])));
  const step = by.map((value, axis) => Math.max(-Math.max(least[axis], 0), Math.min(Math.max(1 - most[axis], 0), value)));
  return points.map((point) => point.map((value, axis) => Math.round((value + step[axis]) * 1e4) / 1e4));
}
