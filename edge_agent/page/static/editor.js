// The page on which an installer draws.

import { ask } from './ask.js';
import { Desk, act, by, root } from './drawing/desk.js';
import { say } from './drawing/words.js';
import { follow } from './live.js';

const { address } = root.dataset;

const kept = { revision: '', hasBefore: false, awaits: '' };

const desk = new Desk(({ drawing }) => {
  act('revert').disabled = !kept.hasBefore;
  if (drawing.isChanged) tell(say('unsaved'), 'warn');
});

function tell(text, state) {
  by('saved').textContent = text;
  by('saved').className = state ? `is-${state}` : '';
}

function seen({ image, state, inEffect, veil }) {
  by('veil').textContent = veil;
  by('veil').hidden = !veil;
  if (image) desk.easel.show(image);
  desk.tracks = veil ? [] : state.tracks;
  if (!veil) facts(state, inEffect);
  desk.paint();
}

function facts(state, inEffect) {
  by('fps').textContent = Number(state.fps || 0).toFixed(1);
  const people = (state.tracks || []).filter((track) => track.state === 'confirmed');
  by('people').textContent = people.length;
  by('faults').textContent = (state.faults || []).join(' ') || '–';
  by('effect').textContent = inEffect ? say('in_effect') : '…';
  if (inEffect && kept.awaits && !desk.drawing.isChanged) {
    tell(say('in_effect'), 'ok');
    kept.awaits = '';
  }
  const stays = people.flatMap((track) => Object.entries(track.dwell || {}).map(([zone, s]) => `${say('person')} ${track.track_id} · ${zone} · ${s.toFixed(1)} ${say('seconds')}`));
  by('tracks').replaceChildren(...stays.map((text) => Object.assign(document.createElement('li'), { textContent: text })));
}

async function load() {
  const { said } = await ask(`${address}/drawing`);
  kept.revision = said.revision;
  kept.hasBefore = said.has_before;
  desk.read(said);
}

async function change(where, method, body, done) {
  by('problems').hidden = true;
  const { status, ok, said } = await ask(where, method, body).catch(() => ({ status: 0, said: { error: say('no_answer') } }));
  if (ok) {
    kept.awaits = done;
    await load();
    tell(say(done), 'ok');
    return;
  }
  const texts = said.problems ? said.problems.map((one) => one.text) : [status === 401 ? say('signed_out') : said.error];
  by('problems').replaceChildren(...texts.map((text) => Object.assign(document.createElement('li'), { textContent: text })));
  by('problems').hidden = false;
}

act('save').addEventListener('click', () => change(`${address}/drawing`, 'PUT', desk.drawing.written(kept.revision), 'saved'));
act('revert').addEventListener('click', () => { if (window.confirm(say('confirm_undo'))) change('/api/undo', 'POST', {}, 'undone'); });
window.addEventListener('beforeunload', (event) => { if (desk.drawing.isChanged) event.preventDefault(); });

await load();
follow(address, seen);
