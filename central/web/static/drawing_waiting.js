// A new picture has come: the page shows it, unless somebody is drawing on the old one.
"use strict";

document.addEventListener("htmx:afterSwap", (event) => {
  const state = event.target.querySelector?.("[data-command]");
  const root = document.getElementById("drawing-page");
  if (!state || !state.dataset.command || state.dataset.command === root.dataset.command) return;
  const unsaved = document.getElementById("unsaved");
  if (!unsaved?.textContent) location.reload();
});
