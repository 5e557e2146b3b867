// Asks the device to try something, and follows it until the district has answered.

import { ask, rest } from './ask.js';
import { say } from './drawing/words.js';

const PAUSE_MS = 500;
const SILENT_AFTER_MS = 15000;
const FOLLOW_MS = 180000;
const LEAST_PASSED = 3;
const WAY = ['sent', 'stored', 'acknowledged'];

document.querySelectorAll('.trial').forEach((card) => {
  const button = card.querySelector('[data-ask]');
  button?.addEventListener('click', () => run(card, button));
  if (button) button.disabled = false;
});

const slide = document.getElementById('slide');
const passed = new Set(); // the fifths of the way that the slide has gone through
if (slide) slide.disabled = false;
slide?.addEventListener('input', () => passed.add(Math.floor(Number(slide.value) / 20)));
slide?.addEventListener('change', () => {
  const card = slide.closest('.trial');
  const isAtEnd = Number(slide.value) >= 98;
  const isSlid = passed.size >= LEAST_PASSED; // a tap on the right end is no slide
  slide.value = 0;
  passed.clear();
  if (isAtEnd && isSlid) run(card, slide);
  else if (isAtEnd) show(card.querySelector('.outcome'), 'warn', say('slide'));
});

async function run(card, control) {
  const outcome = card.querySelector('.outcome');
  control.disabled = true;
  try {
    const { status, ok, said } = await ask('/api/trials', 'POST', { kind: card.dataset.kind });
    if (ok) await follow(said.trial_id, outcome, card.dataset.kind === 'drill');
    else show(outcome, 'fail', status === 401 ? say('signed_out') : said.error);
  } catch {
    show(outcome, 'fail', say('no_answer'));
  }
  control.disabled = false;
}

// A drill goes on after its first answer: the button on the wall is still to be pressed.
async function follow(trialId, outcome, isDrill) {
  const began = Date.now();
  show(outcome, '', say('asked'));
  while (Date.now() - began < FOLLOW_MS) {
    const { ok, said } = await ask(`/api/trials/${encodeURIComponent(trialId)}`).catch(() => ({ ok: false, said: { error: say('no_answer') } }));
    if (!ok) show(outcome, 'fail', said.error);
    else if (!said.is_done && Date.now() - began > SILENT_AFTER_MS && said.sent === null) show(outcome, 'fail', say('silent'));
    else if (said.is_done) {
      show(outcome, said.ok ? 'ok' : 'fail', `${say(said.ok ? 'done' : 'failed')} ${said.outcome}`.trim(), said);
      if (!said.ok || said.acknowledged || (said.sent === null && !isDrill)) return;
    }
    await rest(PAUSE_MS);
  }
}

function show(outcome, state, text, said = null) {
  const line = Object.assign(document.createElement('p'), { textContent: text, className: state ? `is-${state}` : '' });
  const way = said && said.sent !== null ? [journey(said)] : [];
  outcome.replaceChildren(line, ...way);
}

function journey(said) {
  const list = Object.assign(document.createElement('ol'), { className: 'journey' });
  list.append(...WAY.map((name) => Object.assign(document.createElement('li'), {
    textContent: `${say(name)}${said[name] ? ' ✓' : ` · ${say('waiting')}`}`, className: said[name] ? 'is-ok' : '',
  })));
  return list;
}
