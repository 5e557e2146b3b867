// The base map: tiles of the district's own file, drawn in the page's own colours.
"use strict";

window.huxiaoBase = (() => {
  const FONT = '"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';
  const NEAREST = 15; // deeper zooms are drawn from these tiles

  const colours = (element) => {
    const style = getComputedStyle(element);
    return (name) => style.getPropertyValue(`--map-${name}`).trim();
  };

  const wider = (from, to, thin, thick) => (zoom) =>
    thin + (thick - thin) * Math.min(1, Math.max(0, (zoom - from) / (to - from)));

  const kind = (...names) => (_zoom, feature) => names.includes(feature.props.kind);

  function paintRules(colour) {
    const { PolygonSymbolizer: Area, LineSymbolizer: Stroke } = protomapsL;
    const area = (dataLayer, fill, filter, minzoom) =>
      ({ dataLayer, symbolizer: new Area({ fill: colour(fill) }), filter, minzoom });
    const stroke = (dataLayer, line, width, more = {}, filter, minzoom) =>
      ({ dataLayer, symbolizer: new Stroke({ color: colour(line), width, ...more }), filter, minzoom });
    const road = (name, from, thin, thick) => [
      stroke("road", "road-edge", wider(from, 18, thin + 1.2, thick + 2), {}, kind(name), from),
      stroke("road", name === "path" ? "path" : `road-${name}`, wider(from, 18, thin, thick),
        name === "path" ? { dash: [4, 3] } : {}, kind(name), from),
    ].slice(name === "path" ? 1 : 0);
    return [
      area("green", "green"),
      area("school", "school"),
      area("water", "water"),
      stroke("waterway", "water", wider(10, 17, 1, 7)),
      area("building", "building", undefined, 14),
      ...road("path", 14, 1, 2.5), ...road("minor", 12, 0.8, 11), ...road("major", 9, 1.2, 15),
      ...road("motorway", 8, 1.6, 18),
      stroke("rail", "rail", wider(10, 17, 1, 3), { dash: [8, 4] }, undefined, 10),
      stroke("boundary", "boundary", 1.2, { dash: [6, 4] }),
    ];
  }

  function labelRules(colour) {
    const { CenteredTextSymbolizer: Text, LineLabelSymbolizer: Along } = protomapsL;
    const text = (dataLayer, fill, font, filter, minzoom) => ({
      dataLayer, filter, minzoom,
      symbolizer: new Text({ labelProps: ["name"], fill: colour(fill), stroke: colour("halo"), width: 2.5, font: `${font} ${FONT}` }),
    });
    const along = (dataLayer, fill, font, filter, minzoom) => ({
      dataLayer, filter, minzoom,
      symbolizer: new Along({ labelProps: ["name"], fill: colour(fill), stroke: colour("halo"), width: 2.5, font: `${font} ${FONT}` }),
    });
    return [
      text("place", "label", "600 16px", kind("city", "town")),
      text("place", "label", "500 13px", kind("village", "suburb"), 12),
      text("poi", "label-soft", "500 12px", kind("school"), 13),
      text("poi", "label-water", "italic 500 13px", kind("water"), 12),
      text("poi", "label-soft", "500 12px", kind("green"), 14),
      along("waterway", "label-water", "italic 500 12px", undefined, 13),
      along("road", "label-soft", "500 12px", kind("motorway", "major"), 13),
      along("road", "label-soft", "400 11px", kind("minor"), 15),
      text("poi", "label-soft", "400 12px", (_zoom, feature) => !["school", "water", "green"].includes(feature.props.kind), 15),
    ];
  }

  // Names hold for one address: a part that is asked for again is the same file, or a new one.
  function layer(element) {
    const colour = colours(element);
    return protomapsL.leafletLayer({
      url: element.dataset.base,
      maxDataZoom: NEAREST,
      attribution: element.dataset.credit,
      backgroundColor: colour("land"),
      paintRules: paintRules(colour),
      labelRules: labelRules(colour),
      lang: document.documentElement.lang,
      noWrap: true,
    });
  }

  // By day and by night, and back, as the page goes.
  function put(map, element) {
    if (!element.dataset.base || !window.protomapsL) return;
    let shown = layer(element).addTo(map);
    const again = () => { shown.remove(); shown = layer(element).addTo(map); };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  }

  return { put };
})();
