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
  window.addEventListener("online", () => location.reload());
  document.getElementById("again")?.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload(); // the address that was wanted is still there
  });
})();
