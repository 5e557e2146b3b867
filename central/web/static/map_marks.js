// What stands on a map: one mark for each place, schools with their 100 m, hot spots.
"use strict";

window.huxiaoMarks = (() => {
  const word = (name, text) => {
    const made = document.createElement("span");
    made.className = name;
    made.textContent = text;
    return made;
  };

  // A mark says by shape and text, not by colour alone, what is there.
  function icon(data) {
    const mark = document.createElement("div");
    mark.className = `mark${data.severity ? ` mark-${data.severity}` : ""}${data.overdue ? " mark-overdue" : ""}`;
    mark.append(word("mark-kind", data.mark || "·"));
    if (Number(data.open)) mark.append(word("mark-count", data.open));
    if (data.health && data.health !== "well") mark.append(word(`mark-health mark-${data.health}`, "×"));
    return L.divIcon({ html: mark, className: "mark-box", iconSize: [36, 36], iconAnchor: [18, 18] });
  }

  // What a place's row of the table says, said again over the map.
  function told(row, close) {
    const box = document.createElement("div");
    const title = document.createElement("h2");
    title.textContent = row.dataset.name;
    box.className = "told-here";
    box.append(title, ...[...row.querySelector(".stands-here").children].map((one) => one.cloneNode(true)));
    return box;
  }

  const OVER = { critical: 3000, warning: 2000, info: 1000 };

  function place(row) {
    const data = row.dataset;
    const marker = L.marker([data.lat, data.lon], {
      icon: icon(data), title: data.name, keyboard: true, zIndexOffset: OVER[data.severity] ?? 0,
    });
    marker.site = data.site;
    marker.on("add", () => { // who speaks to a machine says what is seen on the mark: it is in the name
      const drawn = marker.getElement();
      drawn?.setAttribute("aria-label", `${drawn.textContent} ${data.name}`);
    });
    return marker.bindPopup(() => told(row), { maxWidth: 320, minWidth: 220, className: "here" });
  }

  function hot(row) {
    const count = Number(row.dataset.hot);
    return L.circle([row.dataset.lat, row.dataset.lon], {
      radius: 120 + 60 * Math.sqrt(count), className: "hot-spot", weight: 2, interactive: false,
    });
  }

  const STYLES = {
    ring: { className: "school-ring", weight: 2, dashArray: "6 5", fillOpacity: 0.08 },
    boundary: { className: "school-boundary", weight: 2, fillOpacity: 0.18 },
  };

  function schools(collection) {
    return L.geoJSON(collection, {
      style: (feature) => STYLES[feature.properties.part],
      interactive: false,
    });
  }

  return { place, hot, schools, icon };
})();
