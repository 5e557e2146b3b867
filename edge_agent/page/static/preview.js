// Shows on the live picture what a suggestion would mask.

import { ask, rest } from './ask.js';
import { Easel } from './drawing/paint.js';
import { picture } from './live.js';

document.querySelectorAll('canvas.preview').forEach(async (canvas) => {
  const easel = new Easel(canvas);
  const items = [{ kind: 'mask', name: '', points: JSON.parse(canvas.dataset.polygon) }];
  easel.paint({ items });
  const address = canvas.dataset.address.replace(/\/live$/, '');
  for (let tries = 0; tries < 10; tries += 1) {
    const { said } = await ask(`${address}/live`).catch(() => ({ said: {} }));
    const image = said.fresh ? await picture(address) : undefined;
    if (image) easel.show(image);
    easel.paint({ items });
    if (image) return;
    await rest(500);
  }
});
