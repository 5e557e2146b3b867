// The line to the district: what is lost is said, with since when, and clocks run on.
"use strict";

(() => {
  const desk = document.getElementById("desk");
  const lost = document.getElementById("lost");
  if (!desk || !lost) return;
  const SILENT_MS = 40000, PATIENCE_MS = 3000;
  const skew = Number(desk.dataset.now) - Date.now();
  let heardAt = Date.now(), pending = null;

  function clock(ms) {
    return new Date(ms).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  }

  function heard() {
    heardAt = Date.now();
    clearTimeout(pending);
    pending = null;
    if (lost.hidden) return;
    lost.hidden = true;
    document.body.classList.remove("is-old");
    document.dispatchEvent(new CustomEvent("desk:back"));
  }

  function say() {
    if (!lost.hidden) return;
    lost.textContent = lost.dataset.words.replace("{}", clock(heardAt));
    lost.hidden = false;
    document.body.classList.add("is-old");
  }

  function fails() {
    pending ??= setTimeout(say, PATIENCE_MS); // a stream ends and begins again now and then
  }

  document.addEventListener("htmx:sseOpen", (event) => {
    heard();
    event.detail.source.addEventListener("beat", heard);
    event.detail.source.addEventListener("change", heard);
  });
  document.addEventListener("htmx:sseError", fails);
  document.addEventListener("htmx:sendError", fails);
  document.addEventListener("htmx:afterOnLoad", heard);
  window.addEventListener("offline", say);
  setInterval(() => { if (Date.now() - heardAt > SILENT_MS) say(); }, 5000);

  // What is due counts down by the district's clock, whatever this machine's clock says.
  function span(ms) {
    const s = Math.floor(ms / 1000), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    const two = (n) => String(n).padStart(2, "0");
    if (h >= 48) return desk.dataset.days.replace("{}", Math.floor(h / 24));
    return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  }
  function tick() {
    const now = Date.now() + skew;
    for (const due of document.querySelectorAll("[data-due]")) {
      const left = Number(due.dataset.due) - now;
      const words = left < 0 ? desk.dataset.over : desk.dataset.left;
      const said = words.replace("{}", span(Math.abs(left)));
      if (due.textContent !== said) due.textContent = said;
      due.classList.toggle("is-late", left < 0);
      due.classList.toggle("is-soon", left >= 0 && left < 60000);
    }
  }
  // Who looks at a clip, and at what time, stands across it while it plays.
  function sign() {
    const at = new Date(Date.now() + skew).toLocaleString("zh-CN", { hour12: false });
    for (const mark of document.querySelectorAll("[data-mark]")) mark.textContent = `${mark.dataset.mark} ${at}`;
  }
  function count() {
    for (const one of document.querySelectorAll("[data-since]")) {
      const said = desk.dataset.waited.replace("{}", span(Math.max(0, Date.now() + skew - Number(one.dataset.since))));
      if (one.textContent !== said) one.textContent = said;
    }
  }
  setInterval(() => { tick(); count(); sign(); }, 1000);
  document.addEventListener("htmx:afterSwap", () => { tick(); count(); });
  tick();
  count();
})();
