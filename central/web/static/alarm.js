// Life safety is heard: until somebody acknowledges, or for five minutes not.
"use strict";

(() => {
  const box = document.getElementById("sound");
  if (!box) return;
  const ON = "huxiao.sound", UNTIL = "huxiao.mutedUntil", MUTE_MS = 5 * 60 * 1000, EVERY_MS = 3000, ASK_EVERY_MS = 10000;
  const button = box.querySelector("button");
  const MARK = `‼ ${box.dataset.urgent} `;
  let context = null, soundedAt = 0;

  const isOn = () => localStorage.getItem(ON) === "on";
  const mutedUntil = () => Number(localStorage.getItem(UNTIL) ?? 0);
  const ringing = () => (document.getElementById("ringing")?.dataset.ids ?? "") !== "";

  function unlock() {
    if (!isOn() || navigator.userActivation?.hasBeenActive === false) return; // not yet let to
    context ??= new AudioContext();
    if (context.state !== "running") context.resume().then(show, () => {});
  }

  function state() {
    if (!isOn()) return "off";
    if (context?.state !== "running") return "locked";
    if (Date.now() < mutedUntil()) return "muted";
    return ringing() ? "ringing" : "on";
  }

  function show() {
    const now = state();
    const until = new Date(mutedUntil()).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
    const said = box.dataset[now].replace("{}", until);
    if (box.dataset.state !== now) box.dataset.state = now;
    if (button.textContent !== said) button.textContent = said;
    button.hidden = false;
  }

  function tone(at, hertz) {
    const source = context.createOscillator(), volume = context.createGain();
    source.type = "square";
    source.frequency.value = hertz;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.25, at + 0.02);
    volume.gain.setValueAtTime(0.25, at + 0.2);
    volume.gain.linearRampToValueAtTime(0, at + 0.24);
    source.connect(volume).connect(context.destination);
    source.start(at);
    source.stop(at + 0.25);
  }

  function ring() {
    soundedAt = Date.now();
    [880, 660, 880, 660].forEach((hertz, beat) => tone(context.currentTime + beat * 0.28, hertz));
    box.dataset.rung = String(Number(box.dataset.rung ?? 0) + 1);
  }

  function tick() {
    show();
    if (state() === "ringing" && Date.now() - soundedAt >= EVERY_MS) ring();
    const plain = document.title.replace(MARK, "");
    const marked = ringing() && Date.now() >= mutedUntil() && !document.title.startsWith(MARK);
    if (document.title !== (marked ? MARK + plain : plain)) document.title = marked ? MARK + plain : plain;
  }

  function mute() {
    localStorage.setItem(UNTIL, String(Date.now() + MUTE_MS));
    tick();
  }

  button.addEventListener("click", () => {
    const now = state();
    if (now === "ringing") return mute();
    if (now === "muted") localStorage.removeItem(UNTIL);
    else localStorage.setItem(ON, now === "on" ? "off" : "on");
    unlock();
    tick();
  });
  document.addEventListener("desk:mute", () => { if (state() === "ringing") mute(); });
  for (const kind of ["pointerdown", "pointerup", "keydown"]) document.addEventListener(kind, unlock);
  document.addEventListener("htmx:afterSwap", tick);
  setInterval(tick, 1000);

  // Where no board tells of it, it is asked for; who is signed in no more is not sent away by that.
  const asked = document.querySelector("[data-alarm]");
  let had = "";
  async function ask() {
    try {
      const answer = await fetch(asked.dataset.alarm, { redirect: "manual" });
      const now = answer.ok ? await answer.text() : had;
      if (now !== had) asked.innerHTML = had = now;
    } catch { /* without network: the next time */ }
    tick();
  }
  if (asked) {
    setInterval(ask, ASK_EVERY_MS);
    ask();
  }
  unlock();
  tick();
})();
