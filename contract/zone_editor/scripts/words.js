// The words come with the page.

const given = document.getElementById('words');

export const words = given ? JSON.parse(given.textContent) : {};

export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
