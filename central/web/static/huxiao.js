// What plain pages cannot do: keep what is being written, and say in the title what waits.
"use strict";

// A press is lost if what it began on is drawn anew before it ends: what comes meanwhile is kept back,
// and asked for once the press has ended. One that never ends keeps nothing back for long.
const HELD_MS = 5000, ENDED_MS = 50;
let press = null, isKeptBack = false;

function keepsBack(part) {
  const held = press !== null && Date.now() - press.at < HELD_MS && part.contains(press.on);
  isKeptBack ||= held;
  return held;
}

function ends(ended) {
  if (press !== ended) return; // the next one has begun
  press = null;
  if (!isKeptBack) return;
  isKeptBack = false;
  document.body.dispatchEvent(new CustomEvent("desk:again"));
}

const begins = (event) => { press = { on: event.target, at: Date.now() }; };
const isSpace = (event) => event.key === " " && !event.repeat; // a button is pressed by its end
document.addEventListener("pointerdown", begins, true);
document.addEventListener("keydown", (event) => { if (isSpace(event)) begins(event); }, true);
for (const end of ["pointerup", "pointercancel", "keyup"]) {
  document.addEventListener(end, () => setTimeout(ends, ENDED_MS, press), true); // a click comes first
}

// Who goes by keyboard stays where they were when a part is drawn anew: at what says the same in the
// nearest thing that bears an id. Where nothing does, that thing is next: no other button is.
const ABLE = "a[href], button, input, select, textarea, summary, video, [tabindex]";
let left = null;

function leaves(part) {
  const at = document.activeElement;
  const near = part.contains(at) ? at.closest("[id]") : null;
  return near && { id: near.id, isItself: near === at, tag: at.tagName, words: at.textContent };
}

function returns() {
  const near = left && document.activeElement === document.body ? document.getElementById(left.id) : null;
  if (!near) return;
  const same = [...near.querySelectorAll(ABLE)].filter((one) =>
    one.tagName === left.tag && one.textContent === left.words);
  const next = !left.isItself && same.length === 1 ? same[0] : near;
  if (next === near && !near.matches(ABLE)) near.tabIndex = -1;
  next.focus({ preventScroll: true });
}

// A part that is asked for again would wipe out a note under way or an open menu: then it waits.
function isBusy(part) {
  if (keepsBack(part)) return true;
  const writing = [...part.querySelectorAll("textarea, select, input[type=file], .shoot")].some((field) =>
    field === document.activeElement || (field.value ?? "") !== (field.defaultValue ?? ""));
  const playing = [...part.querySelectorAll("video")].some((video) => !video.paused);
  const open = part.querySelector("details[open], .error, form[data-sent], form[data-holding]");
  return writing || playing || open !== null;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isBusy(event.target)) event.preventDefault();
});

// What came while somebody began to write is let go; the same again is not drawn again.
document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.target;
  const now = event.detail.xhr.responseText.replace(/name="csrf_token" value="[^"]*"/g, "");
  if (isBusy(part) || part.dataset.had === now) event.detail.shouldSwap = false;
  else part.dataset.had = now;
  left = event.detail.shouldSwap ? leaves(part) : null;
});

const known = new Set([...document.querySelectorAll("#board tr[id]")].map((row) => row.id));

function tell() {
  const board = document.getElementById("board");
  if (!board) return;
  const waiting = board.querySelector('[data-count="waiting"] b')?.textContent ?? "0";
  document.title = (waiting === "0" ? "" : `(${waiting}) `) + board.dataset.title;
  for (const row of board.querySelectorAll("tr[id]")) {
    if (!known.has(row.id)) row.classList.add("is-new");
    known.add(row.id);
  }
}

document.addEventListener("htmx:afterSwap", returns);
document.addEventListener("htmx:afterSwap", tell);
tell();

// The place is asked of the browser only when somebody presses for it.
document.addEventListener("click", (event) => {
  const place = event.target.closest?.("[data-place] button")?.parentElement;
  if (!place) return;
  const said = place.querySelector("output");
  const failed = () => { said.textContent = said.dataset.failed; };
  if (!navigator.geolocation) return failed();
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    place.querySelector('[name="lat"]').value = coords.latitude.toFixed(6);
    place.querySelector('[name="lon"]').value = coords.longitude.toFixed(6);
    said.textContent = said.dataset.done;
  }, failed, { enableHighAccuracy: true, timeout: 15000 });
});

// A step is taken once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
