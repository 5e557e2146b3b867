// Charts drawn from the tables beside them: whoever sees no chart reads the same figures there.
"use strict";

const MOST_BARS = 15;
const DAY_HOURS = 24;

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: of("ink"), soft: of("soft"), line: of("line"), card: of("card"), blue: of("blue"),
    many: ["dot-works", "dot-waits", "dot-done", "dot-told", "red", "violet", "amber", "green", "blue"].map(of),
  };
}

function read(table, drawn) {
  const heads = [...table.tHead.rows[0].cells];
  const chosen = heads.map((head, at) => ({ name: head.dataset.name, label: head.textContent, at }))
    .filter((column) => drawn.includes(column.name));
  const rows = [...table.tBodies[0].rows];
  return {
    names: rows.map((row) => row.cells[0].textContent),
    series: chosen.map(({ label, at }) => ({
      label,
      values: rows.map((row) => (row.cells[at].dataset.value === "" ? null : Number(row.cells[at].dataset.value))),
      shown: rows.map((row) => row.cells[at].textContent),
    })),
  };
}

function base(colour, label) {
  return {
    aria: { enabled: true, label: { enabled: true, description: label }, decal: { show: false } },
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    color: colour.many,
    textStyle: { color: colour.ink, fontFamily: getComputedStyle(document.body).fontFamily },
    // rich text is drawn on the canvas; HTML would need inline styles, which the page forbids
    tooltip: { renderMode: "richText", confine: true, backgroundColor: colour.card, borderColor: colour.line, textStyle: { color: colour.ink } },
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
  };
}

function axis(colour, more) {
  return { axisLabel: { color: colour.soft }, axisLine: { lineStyle: { color: colour.line } }, splitLine: { lineStyle: { color: colour.line } }, ...more };
}

const DRAW = {
  stack(data, colour, label) {
    return {
      ...base(colour, label),
      tooltip: { ...base(colour, label).tooltip, trigger: "axis" },
      legend: { type: "scroll", top: 0, textStyle: { color: colour.soft }, pageTextStyle: { color: colour.soft }, pageIconColor: colour.blue },
      xAxis: axis(colour, { type: "category", data: data.names }),
      yAxis: axis(colour, { type: "value", minInterval: 1 }),
      series: data.series.map(({ label: name, values }) => ({ name, type: "bar", stack: "all", data: values, barMaxWidth: 48 })),
    };
  },
  lines(data, colour, label) {
    return {
      ...base(colour, label),
      tooltip: { ...base(colour, label).tooltip, trigger: "axis", valueFormatter: (value) => (value === null || value === undefined ? "—" : `${(value * 100).toFixed(1)} %`) },
      legend: { type: "scroll", top: 0, textStyle: { color: colour.soft } },
      xAxis: axis(colour, { type: "category", data: data.names }),
      yAxis: axis(colour, { type: "value", max: 1, axisLabel: { color: colour.soft, formatter: (value) => `${Math.round(value * 100)} %` } }),
      series: data.series.map(({ label: name, values }) => ({ name, type: "line", data: values, connectNulls: false, symbolSize: 8 })),
    };
  },
  bars(data, colour, label) {
    const names = data.names.slice(0, MOST_BARS).reverse();
    const isShare = data.series.every(({ shown }) => shown.every((text) => text.endsWith("%") || text === "—"));
    const said = (value) => (value === null || value === undefined ? "—" : isShare ? `${(value * 100).toFixed(1)} %` : value.toLocaleString());
    return {
      ...base(colour, label),
      tooltip: { ...base(colour, label).tooltip, trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: said },
      legend: data.series.length > 1 ? { top: 0, textStyle: { color: colour.soft } } : undefined,
      grid: { left: 8, right: 48, top: data.series.length > 1 ? 36 : 8, bottom: 8, containLabel: true },
      xAxis: axis(colour, { type: "value", minInterval: isShare ? undefined : 1, max: isShare ? 1 : undefined, axisLabel: { color: colour.soft, formatter: said } }),
      yAxis: axis(colour, { type: "category", data: names, axisLabel: { color: colour.ink, width: 150, overflow: "truncate" } }),
      series: data.series.map(({ label: name, values }) => ({
        name, type: "bar", barMaxWidth: 22, data: values.slice(0, MOST_BARS).reverse(),
        label: { show: data.series.length === 1, position: "right", color: colour.soft, formatter: ({ value }) => said(value) },
      })),
    };
  },
  heat(data, colour, label) {
    const cells = data.series.flatMap(({ values }, hour) => values.map((value, day) => [hour, day, value]));
    const most = Math.max(1, ...cells.map((cell) => cell[2] ?? 0));
    return {
      ...base(colour, label),
      tooltip: { ...base(colour, label).tooltip, formatter: ({ value: [hour, day, count] }) => `${data.names[day]} ${hour}:00-${hour + 1}:00  ${count}` },
      grid: { left: 8, right: 16, top: 8, bottom: 48, containLabel: true },
      xAxis: axis(colour, { type: "category", data: Array.from({ length: DAY_HOURS }, (_unused, hour) => String(hour)), splitLine: { show: false } }),
      yAxis: axis(colour, { type: "category", inverse: true, data: data.names }),
      visualMap: { min: 0, max: most, calculable: false, orient: "horizontal", left: "center", bottom: 0, textStyle: { color: colour.soft }, inRange: { color: [colour.card, colour.blue] } },
      series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: colour.line, borderWidth: 1 } }],
    };
  },
};

const drawn = new Map();

function draw(place) {
  const table = document.getElementById(place.dataset.table);
  const kind = DRAW[place.dataset.chart];
  if (!table || !kind) return;
  const chart = drawn.get(place) ?? echarts.init(place, null, { renderer: "canvas" });
  drawn.set(place, chart);
  const data = read(table, place.dataset.drawn.split(" "));
  if (place.dataset.chart === "bars") place.classList.toggle("is-short", data.names.length < 6);
  chart.setOption(kind(data, colours(), place.dataset.label), true);
}

const places = [...document.querySelectorAll("[data-chart]")];
places.forEach(draw);
new ResizeObserver(() => drawn.forEach((chart) => chart.resize())).observe(document.getElementById("main"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => places.forEach(draw));
