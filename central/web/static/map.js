// The map draws what the table beside it says; the table is there without any script.
"use strict";

(() => {
  const NEAR = 15;
  const FAR = 13; // below, a place where nothing waits is a dot
  const CHINA = [[18, 74], [53, 134]];

  function bare(element) {
    const { zoomIn, zoomOut } = element.dataset;
    const isSmall = element.dataset.map === "small";
    const map = L.map(element, {
      zoomControl: false, maxZoom: 19, minZoom: 5, scrollWheelZoom: !isSmall,
      attributionControl: Boolean(element.dataset.credit),
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    map.attributionControl?.setPrefix("");
    L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    const far = () => element.classList.toggle("is-far", map.getZoom() < FAR);
    map.on("zoomend", far).whenReady(far);
    map.on("popupopen", ({ popup }) => popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", element.dataset.close));
    huxiaoBase.put(map, element);
    return map;
  }

  async function schoolsOf(query) {
    const answer = await fetch(`/api/v1/map?layer=schools${query}`, { headers: { Accept: "application/json" } });
    return answer.ok ? huxiaoMarks.schools(await answer.json()) : null;
  }

  async function small(element) {
    const { lon, lat, site } = element.dataset;
    const map = bare(element).setView([lat, lon], NEAR);
    L.marker([lat, lon], { icon: huxiaoMarks.icon(element.dataset), keyboard: false, interactive: false }).addTo(map);
    (await schoolsOf(`&site_id=${encodeURIComponent(site)}`))?.addTo(map);
  }

  const bounds = (text) => {
    const found = (text || "").split(",").map(Number);
    return found.length === 4 && found.every(Number.isFinite) ? [[found[1], found[0]], [found[3], found[2]]] : CHINA;
  };

  function whole(element) {
    const map = bare(element);
    const marks = L.layerGroup().addTo(map);
    const hot = L.layerGroup().addTo(map);
    const table = document.getElementById("map-list");
    const form = document.getElementById("map-layers");
    let byPlace = new Map();
    let schools = null;
    let open = null;

    const chosen = () => [...form.querySelectorAll("[name=layer]:checked")].map((one) => one.value).sort();

    function draw() {
      const keeps = open;
      byPlace = new Map();
      marks.clearLayers();
      hot.clearLayers();
      for (const row of table.querySelectorAll("tr[data-lon]")) {
        const mark = huxiaoMarks.place(row).addTo(marks);
        mark.on("popupopen", () => { open = row.dataset.site; });
        mark.on("popupclose", () => { open = null; });
        byPlace.set(row.dataset.site, mark);
        if (row.dataset.hot) huxiaoMarks.hot(row).addTo(hot);
      }
      if (keeps && byPlace.has(keeps)) byPlace.get(keeps).openPopup();
    }

    async function drawSchools() {
      const wanted = chosen().includes("schools");
      if (wanted && !schools) schools = await schoolsOf("");
      if (!schools) return;
      if (wanted && chosen().includes("schools")) schools.addTo(map).bringToBack();
      else schools.remove();
    }

    function show(site) {
      const mark = byPlace.get(site);
      if (!mark) return;
      map.setView(mark.getLatLng(), Math.max(map.getZoom(), NEAR));
      mark.openPopup();
    }

    function ask() {
      const address = new URL(location.href);
      const layers = chosen().join(",");
      address.searchParams.set("layers", layers);
      address.searchParams.set("months", form.months.value);
      if (layers === table.dataset.usual) address.searchParams.delete("layers");
      history.replaceState(null, "", address);
      const part = `/map/part?layers=${layers}&months=${form.months.value}`;
      table.setAttribute("hx-get", part);
      htmx.process(table);
      htmx.ajax("GET", part, { source: table, target: table, swap: "innerHTML" });
      drawSchools();
    }

    form.addEventListener("change", ask);
    form.addEventListener("submit", (event) => event.preventDefault());
    table.addEventListener("click", (event) => {
      const button = event.target.closest("[data-show]");
      if (!button) return;
      element.scrollIntoView({ block: "nearest" });
      show(button.dataset.show);
    });
    document.addEventListener("htmx:afterSwap", (event) => { if (event.target === table) draw(); });

    draw();
    const places = [...byPlace.values()].map((mark) => mark.getLatLng());
    if (places.length) map.fitBounds(L.latLngBounds(places).pad(0.15), { maxZoom: NEAR });
    else map.fitBounds(bounds(element.dataset.bounds));
    drawSchools();
    show(element.dataset.at);
  }

  function start() {
    for (const element of document.querySelectorAll("[data-map]:not(.leaflet-container)")) {
      (element.dataset.map === "small" ? small : whole)(element);
    }
  }

  document.addEventListener("htmx:afterSwap", start);
  start();
})();
