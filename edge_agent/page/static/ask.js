// Asking the device: JSON in, JSON out, with the form's token.

const token = document.querySelector('meta[name="csrf-token"]').content;

export async function ask(address, method = 'GET', body = undefined) {
  const options = { method, headers: { 'X-CSRFToken': token }, credentials: 'same-origin', cache: 'no-store' };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(address, options);
  const type = answer.headers.get('Content-Type') || '';
  return { status: answer.status, ok: answer.ok, said: type.startsWith('application/json') ? await answer.json() : {} };
}

export const rest = (ms) => new Promise((done) => { setTimeout(done, ms); });
