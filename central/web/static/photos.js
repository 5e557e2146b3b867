// Photographs from a phone: made smaller here, sent one by one ahead of the report, tried again.
"use strict";

(() => {
  const LONGEST = 1920, QUALITY = 0.85, SMALL_BYTES = 400 * 1024;
  let serial = 0;

  async function smaller(file) {
    if (file.size <= SMALL_BYTES) return file;
    try {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      return made && made.size < file.size ? made : file;
    } catch {
      return file; // a kind that this browser cannot draw: the district looks at it itself
    }
  }

  function build(name, className, text = "") {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  function prepare(field) {
    if (field.dataset.ready) return;
    field.dataset.ready = "yes";
    const list = build("ul", "photos");
    list.setAttribute("aria-live", "polite");
    field.after(list);
    const camera = field.cloneNode();
    camera.removeAttribute("id");
    camera.removeAttribute("name");
    camera.hidden = true;
    camera.multiple = false;
    camera.setAttribute("capture", "environment");
    const shoot = build("button", "shoot", field.dataset.camera);
    shoot.type = "button";
    shoot.addEventListener("click", () => camera.click());
    field.before(shoot);
    field.after(camera);
    for (const one of [field, camera]) one.addEventListener("change", () => take(field, one, list));
    if (field.files.length) take(field, field, list); // chosen before this script was there
  }

  function take(field, from, list) {
    const room = Number(field.dataset.most) - list.children.length;
    for (const file of [...from.files].slice(0, Math.max(0, room))) add(field, list, file);
    from.value = ""; // they go ahead by themselves, not with the form
    hold(field.form, list);
  }

  function hold(form, list) {
    form.toggleAttribute("data-holding", list.children.length > 0);
  }

  function add(field, list, file) {
    const item = build("li", "photo");
    const said = build("button", "photo-said");
    said.type = "button";
    const gone = build("button", "quiet", `✕ ${field.dataset.remove}`);
    gone.type = "button";
    gone.addEventListener("click", () => { item.remove(); hold(field.form, list); });
    const name = `${++serial}. ${file.name}`.slice(0, 60);
    item.append(build("span", "photo-name", name), said, gone);
    list.append(item);
    item.dataset.state = "waiting";
    const state = { field, item, said, file, body: null };
    said.addEventListener("click", () => { if (item.dataset.state === "failed") send(state); });
    window.addEventListener("online", () => { if (item.isConnected && item.dataset.state === "failed") send(state); });
    send(state);
  }

  function show(state, kind, text) {
    state.item.dataset.state = kind;
    state.said.textContent = text;
  }

  async function send(state) {
    const { field, item } = state;
    show(state, "sending", field.dataset.sending.replace("{}", "0"));
    state.body ??= await smaller(state.file);
    const form = new FormData();
    form.append("csrf_token", document.querySelector('[name="csrf_token"]').value);
    form.append("photo", state.body, "photo.jpg");
    const request = new XMLHttpRequest();
    request.open("POST", field.dataset.photos);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) show(state, "sending", field.dataset.sending.replace("{}", Math.floor(100 * event.loaded / event.total)));
    });
    request.addEventListener("load", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* not ours */ }
      if (request.status === 201) {
        const kept = document.createElement("input");
        kept.type = "hidden";
        kept.name = "photo";
        kept.value = answer.sha256;
        item.append(kept);
        show(state, "sent", field.dataset.sent);
      } else if (request.status >= 500 || request.status === 429) show(state, "failed", field.dataset.failed);
      else show(state, "refused", field.dataset.refused.replace("{}", answer.said || request.status));
    });
    for (const kind of ["error", "timeout", "abort"]) request.addEventListener(kind, () => show(state, "failed", field.dataset.failed));
    request.timeout = 60000;
    request.send(form);
  }

  const all = () => document.querySelectorAll("input[data-photos]:not([data-ready])").forEach(prepare);
  document.addEventListener("htmx:afterSwap", all);
  all();

  // A report does not go before its photographs have.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.submitter?.value !== "report_back") return;
    const open = form.querySelector('.photo:is([data-state="waiting"], [data-state="sending"], [data-state="failed"]) .photo-said');
    if (!open) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    open.focus();
  }, true);
})();
