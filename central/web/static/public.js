// The public form works without this: here are the place button and a word when photos are too many.
"use strict";

for (const place of document.querySelectorAll("[data-place]")) {
  if (!navigator.geolocation) continue;
  place.hidden = false;
  const said = place.querySelector("output");
  place.querySelector("button").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      place.querySelector('[name="lat"]').value = coords.latitude.toFixed(6);
      place.querySelector('[name="lon"]').value = coords.longitude.toFixed(6);
      said.textContent = said.dataset.done;
    }, () => { said.textContent = said.dataset.failed; }, { enableHighAccuracy: true, timeout: 15000 });
  });
}

for (const photos of document.querySelectorAll("input[data-most]")) {
  photos.addEventListener("change", () => {
    const tooMany = photos.files.length > Number(photos.dataset.most);
    photos.setCustomValidity(tooMany ? `最多 ${photos.dataset.most} 张 / ${photos.dataset.most} at most` : "");
    if (tooMany) photos.reportValidity();
  });
}

document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
