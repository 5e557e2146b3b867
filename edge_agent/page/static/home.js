// Keeps the list of checks fresh while somebody looks at it.

const EVERY_MS = 5000;

setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch('/api/health', { credentials: 'same-origin', cache: 'no-store' }).catch(() => null);
  if (!answer) return;
  if (answer.status === 401) window.location.assign('/sign-in');
  if (!answer.ok) return;
  const text = await answer.text();
  const part = document.getElementById('health');
  if (part.dataset.text !== text) part.innerHTML = text;
  part.dataset.text = text;
}, EVERY_MS);
