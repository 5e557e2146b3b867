// Plane geometry of what is drawn; points are [x, y] in fractions of the picture.

export const MIN_AREA = 1e-4;

export const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

const side = (a, b, p) => (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);

export function edges(points) {
  return points.map((point, index) => [point, points[(index + 1) % points.length]]);
}

export function area(points) {
  return edges(points).reduce((sum, [a, b]) => sum + a[0] * b[1] - b[0] * a[1], 0) / 2;
}

export function crossesItself(points) {
  const all = edges(points);
  return all.some(([a, b], i) => all.slice(i + 1).some(([c, d]) =>
    side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0));
}

export function contains(points, [x, y]) {
  return edges(points).reduce((inside, [[x1, y1], [x2, y2]]) =>
    ((y1 > y) !== (y2 > y) && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1) ? !inside : inside), false);
}

export function toStretch(p, a, b) {
  const length = distance(a, b) ** 2;
  const share = length ? Math.max(0, Math.min(1, ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length)) : 0;
  return distance(p, [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
}

export const middle = ([a, b]) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

// To the picture's edge, or to another drawing's corner, where it is that near.
export function snapped(point, reach, corners) {
  const near = corners.find((corner) => Math.abs(corner[0] - point[0]) < reach[0] / 2 && Math.abs(corner[1] - point[1]) < reach[1] / 2);
  if (near) return [...near];
  return point.map((value, axis) => {
    if (value < reach[axis]) return 0;
    if (value > 1 - reach[axis]) return 1;
    return Math.round(value * 1e4) / 1e4;
  });
}
