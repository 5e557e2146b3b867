// Asks the device to try something, and follows it until the district has answered.

import { ask, rest, say } from './talk.js';

const PAUSE_MS = 500;
const SILENT_AFTER_MS = 15000;
const FOLLOW_MS = 180000;
const WAY = ['sent', 'stored', 'acknowledged'];

document.querySelectorAll('.trial').forEach((card) => {
  card.querySelector('[data-ask]')?.addEventListener('click', (event) => run(card, event.currentTarget));
});

const slide = document.getElementById('slide');
slide?.addEventListener('change', () => {
  const isWhole = Number(slide.value) >= 98;
  slide.value = 0;
  if (isWhole) run(slide.closest('.trial'), slide);
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
