// The board by keyboard: rows are walked, opened and acknowledged; never while somebody types.
"use strict";

(() => {
  const help = document.getElementById("keys");
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
  const link = (row) => row?.querySelector("a[href]");
  let chosen = "";

  const at = () => rows().findIndex((row) => row.id === chosen);

  function choose(row, isAgain) {
    if (!row) return;
    for (const one of document.querySelectorAll(".is-chosen")) one.classList.remove("is-chosen");
    chosen = row.id;
    row.classList.add("is-chosen");
    link(row)?.focus({ preventScroll: true });
    if (!isAgain) row.scrollIntoView({ block: "nearest" });
  }

  function move(by) {
    const all = rows();
    const next = at() < 0 ? (by > 0 ? 0 : all.length - 1) : at() + by;
    choose(all[Math.min(Math.max(next, 0), all.length - 1)]);
  }

  function acknowledge() {
    const row = rows()[at()];
    const form = row?.querySelector("form[data-press]");
    if (form) form.requestSubmit();
    else choose(rows().find((one) => one.querySelector("form[data-press]")));
  }

  function search() {
    const field = document.getElementById("q");
    const box = field?.closest("details");
    if (box) box.open = true;
    field?.focus();
  }

  const DOES = {
    j: () => move(1),
    k: () => move(-1),
    a: acknowledge,
    m: () => document.dispatchEvent(new CustomEvent("desk:mute")),
    "/": search,
    "?": () => help?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const held = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
    if (typing || held || help?.open || !DOES[event.key]) return;
    event.preventDefault();
    DOES[event.key]();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-keys]")) help?.showModal();
  });

  // A row that was chosen stays so when the list is drawn again.
  document.addEventListener("htmx:beforeSwap", () => {
    if (!document.activeElement?.closest("[data-row]")) chosen = "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (chosen) choose(document.getElementById(chosen), true);
  });
})();
