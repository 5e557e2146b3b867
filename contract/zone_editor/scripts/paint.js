// Puts picture, people and drawings on a canvas. Colours tell kinds apart; shapes do so as well.

import { edges, middle } from './geometry.js';

const COLOURS = { zone: '#ffb000', line: '#ff4d3d', post: '#39b7ff', mask: '#c9ced6' };
const TRACK = { confirmed: '#2ee06f', tentative: '#d5dbe1', lost: '#d5dbe1' };
const CORNER = 7;

export class Easel {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext('2d');
    this.ratio = 9 / 16;
    this.image = null;
  }

  show(image) {
    this.image?.close?.();
    this.image = image;
    this.ratio = image.height / image.width;
  }

  // Fit the canvas to its place, sharp on any screen.
  fit() {
    const width = this.canvas.clientWidth;
    const scale = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * scale), Math.round(width * this.ratio * scale)];
    if (this.canvas.width !== w || this.canvas.height !== h) {
      this.canvas.width = w;
      this.canvas.height = h;
    }
    this.pen.setTransform(scale, 0, 0, scale, 0, 0);
    this.width = width;
    this.height = width * this.ratio;
  }

  at([x, y]) { return [x * this.width, y * this.height]; }

  from(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  paint({ items, chosen, corner, sketch, tracks, unit }) {
    this.fit();
    if (this.image) this.pen.drawImage(this.image, 0, 0, this.width, this.height);
    else {
      this.pen.fillStyle = '#1a222b';
      this.pen.fillRect(0, 0, this.width, this.height);
    }
    items.forEach((item, index) => this.item(item, index === chosen, index === chosen ? corner : null));
    (tracks || []).forEach((track) => this.track(track, unit));
    if (sketch) this.sketch(sketch);
  }

  item(item, isChosen, corner) {
    const colour = COLOURS[item.kind];
    if (item.kind === 'line') this.line(item, colour, isChosen);
    else this.polygon(item, colour, isChosen);
    if (isChosen) this.handles(item, corner);
    if (item.name) this.label(item.points[0], item.name, colour);
  }

  path(points, isClosed) {
    this.pen.beginPath();
    points.map((point) => this.at(point)).forEach(([x, y], i) => (i ? this.pen.lineTo(x, y) : this.pen.moveTo(x, y)));
    if (isClosed) this.pen.closePath();
  }

  // A dark seam under each stroke keeps it readable on water and on snow.
  stroke(colour, width) {
    this.pen.lineJoin = 'round';
    this.pen.strokeStyle = 'rgb(0 0 0 / 55%)';
    this.pen.lineWidth = width + 2;
    this.pen.stroke();
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = width;
    this.pen.stroke();
  }

  polygon(item, colour, isChosen) {
    this.path(item.points, true);
    this.pen.save();
    this.pen.globalAlpha = item.kind === 'mask' ? 0.55 : 0.2;
    this.pen.fillStyle = item.kind === 'mask' ? '#20262d' : colour;
    this.pen.fill();
    this.pen.restore();
    this.pen.setLineDash(item.kind === 'mask' ? [8, 6] : item.kind === 'post' ? [14, 5] : []);
    this.stroke(colour, isChosen ? 3 : 2);
    this.pen.setLineDash([]);
  }

  line(item, colour, isChosen) {
    const [a, b] = item.points.map((point) => this.at(point));
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const length = Math.hypot(dx, dy) || 1;
    const right = [-dy / length, dx / length]; // the right hand of one who walks from a to b
    const ways = { left_to_right: [1], right_to_left: [-1], any: [1, -1] }[item.direction];
    ways.forEach((way) => this.guarded(a, b, right, way, colour));
    this.path(item.points, false);
    this.stroke(colour, isChosen ? 4 : 3);
    ways.forEach((way) => this.arrow([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], [right[0] * way, right[1] * way], colour));
    this.label(item.points[1], 'b', colour);
    if (!item.name) this.label(item.points[0], 'a', colour);
  }

  // The side that must not be entered.
  guarded(a, b, right, way, colour) {
    const reach = 22 * way;
    this.pen.beginPath();
    [a, b, [b[0] + right[0] * reach, b[1] + right[1] * reach], [a[0] + right[0] * reach, a[1] + right[1] * reach]]
      .forEach(([x, y], i) => (i ? this.pen.lineTo(x, y) : this.pen.moveTo(x, y)));
    this.pen.closePath();
    this.pen.save();
    this.pen.globalAlpha = 0.28;
    this.pen.fillStyle = colour;
    this.pen.fill();
    this.pen.restore();
  }

  arrow(from, way, colour) {
    const tip = [from[0] + way[0] * 34, from[1] + way[1] * 34];
    const wing = (turn) => [tip[0] - way[0] * 11 + way[1] * 7 * turn, tip[1] - way[1] * 11 - way[0] * 7 * turn];
    this.pen.beginPath();
    this.pen.moveTo(...from);
    this.pen.lineTo(...tip);
    this.pen.moveTo(...wing(1));
    this.pen.lineTo(...tip);
    this.pen.lineTo(...wing(-1));
    this.stroke(colour, 3);
  }

  handles(item, corner) {
    if (item.kind !== 'line') edges(item.points).map(middle).forEach((point) => this.dot(point, 4, '#fff', 0.8));
    item.points.forEach((point, index) => this.dot(point, index === corner ? CORNER + 3 : CORNER, index === corner ? '#0a84ff' : '#fff', 1));
  }

  dot(point, radius, colour, alpha) {
    this.pen.save();
    this.pen.globalAlpha = alpha;
    this.pen.beginPath();
    this.pen.arc(...this.at(point), radius, 0, 7);
    this.pen.fillStyle = colour;
    this.pen.fill();
    this.pen.strokeStyle = '#10161c';
    this.pen.lineWidth = 2;
    this.pen.stroke();
    this.pen.restore();
  }

  track(track, unit) {
    const [left, top] = this.at(track.box);
    const [right, bottom] = this.at(track.box.slice(2));
    this.pen.beginPath();
    this.pen.rect(left, top, right - left, bottom - top);
    const stays = Object.values(track.dwell || {});
    this.stroke(TRACK[track.state] || TRACK.lost, track.state === 'confirmed' ? 2 : 1);
    const longest = stays.length ? ` ${Math.max(...stays).toFixed(1)}${unit}` : '';
    this.label(track.box, `${track.track_id}${longest}`, TRACK[track.state] || TRACK.lost);
  }

  sketch({ kind, points }) {
    this.path(points, false);
    this.stroke(COLOURS[kind], 2);
    points.forEach((point, index) => this.dot(point, index ? CORNER : CORNER + 2, index ? '#fff' : COLOURS[kind], 1));
  }

  label(point, text, colour) {
    const [x, y] = this.at(point);
    this.pen.font = '600 13px system-ui, sans-serif';
    const width = this.pen.measureText(text).width + 10;
    const left = Math.max(0, Math.min(x, this.width - width));
    const top = Math.max(0, Math.min(y - 22, this.height - 20));
    this.pen.fillStyle = 'rgb(12 18 24 / 82%)';
    this.pen.fillRect(left, top, width, 19);
    this.pen.fillStyle = colour;
    this.pen.fillText(text, left + 5, top + 14);
  }
}
