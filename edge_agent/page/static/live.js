// The live picture: asks five times a second while the page is seen, and hands on what has come.

import { ask, rest } from './ask.js';
import { say } from './drawing/words.js';

const PAUSE_MS = 200;
const SLOW_MS = 1500;

export async function follow(address, seen) {
  let shownAt = null;
  for (;;) {
    let pause = PAUSE_MS;
    if (document.hidden) {
      await rest(SLOW_MS);
      continue;
    }
    try {
      const { status, ok, said } = await ask(`${address}/live`);
      if (status === 401) {
        seen({ veil: say('signed_out') });
        return;
      }
      if (!ok || !said.state) {
        seen({ veil: said.error || say('no_picture') });
        pause = SLOW_MS;
      } else {
        const image = said.state.at === shownAt ? undefined : await picture(address);
        if (image) shownAt = said.state.at;
        seen({ image, state: said.state, inEffect: said.in_effect, veil: said.fresh ? '' : say('old_picture', { seconds: Math.round(said.age_s) }) });
      }
    } catch {
      seen({ veil: say('no_answer') });
      pause = SLOW_MS;
    }
    await rest(pause);
  }
}

export async function picture(address) {
  const answer = await fetch(`${address}/live.jpg`, { cache: 'no-store', credentials: 'same-origin' });
  return answer.ok ? createImageBitmap(await answer.blob()) : undefined;
}
