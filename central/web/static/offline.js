// The page without a network: how much waits to be sent, and back as soon as there is one.
"use strict";

(() => {
  let kept = [];
  try { kept = JSON.parse(localStorage.getItem("huxiao.presses") ?? "[]"); } catch { /* none */ }
  const said = document.getElementById("kept");
  if (said && kept.length) {
    said.querySelector("[data-count]").textContent = String(kept.length);
    said.hidden = false;
  }
  const EVERY_MS = 5000;
  async function look() {
    try {
      if ((await fetch("/healthz", { cache: "no-store" })).ok) location.reload();
    } catch { /* still none */ }
  }
  window.addEventListener("online", look);
  setInterval(look, EVERY_MS); // a phone says "online" before it is
  document.getElementById("again")?.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload(); // the address that was wanted is still there
  });
})();
