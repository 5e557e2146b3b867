// Zones drawn in the district, on the last picture that the device has sent.

import { Desk, by, root } from './drawing/desk.js';
import { say } from './drawing/words.js';

const desk = new Desk(({ drawing }) => {
  by('unsaved').textContent = drawing.isChanged ? say('unsaved') : '';
  by('drawing').value = JSON.stringify(drawing.written(undefined));
});

let isSent = false;
by('save').addEventListener('submit', () => { isSent = true; });
window.addEventListener('beforeunload', (event) => { if (desk.drawing.isChanged && !isSent) event.preventDefault(); });

const image = new Image();
image.addEventListener('load', () => desk.show(image));
image.src = root.dataset.picture;
desk.read(JSON.parse(by('drawn').textContent));
