// What the page does in the browser beside htmx: charts, the event stream, ticking all boxes. Everything works without it, but slower to see.
"use strict";
(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

  function options(wanted) {
    const palette = [1, 2, 3, 4, 5, 6, 7, 8].map((place) => colour(`--chart-${place}`));
    const text = { color: colour("--soft") };
    const line = { lineStyle: { color: colour("--line") } };
    const isFlat = wanted.kind === "bars-flat", isLine = ["lines", "curves"].includes(wanted.kind);
    const isOverTime = isLine || wanted.kind === "columns", isStacked = ["lines", "columns"].includes(wanted.kind);
    const names = { type: "category", data: wanted.labels, axisLabel: { ...text, interval: isOverTime ? "auto" : 0, hideOverlap: true, width: isFlat ? 150 : undefined, overflow: "truncate" }, axisLine: line, axisTick: { show: false }, inverse: isFlat };
    const values = { type: "value", axisLabel: text, splitLine: line, minInterval: 1 };
    return {
      animation: false, color: palette, aria: { enabled: false }, textStyle: { fontFamily: "inherit" },
      // The simple build has neither legend nor tooltip: the page has the one as a list above the chart, and the numbers in a table beside it.
      grid: { left: 8, right: 16, top: 12, bottom: 4, containLabel: true },
      xAxis: isFlat ? values : names, yAxis: isFlat ? names : values,
      series: wanted.series.map((one) => ({
        name: one.name, data: one.values, type: isLine ? "line" : "bar",
        stack: isStacked ? "all" : undefined, areaStyle: wanted.kind === "lines" ? { opacity: 0.35 } : undefined,
        showSymbol: false, barMaxWidth: 28,
      })),
    };
  }

  function draw(root) {
    if (!window.echarts) return;
    for (const place of root.querySelectorAll("[data-chart]")) {
      const chart = echarts.getInstanceByDom(place) || echarts.init(place, null, { renderer: "canvas" });
      chart.setOption(options(JSON.parse(place.dataset.chart)), true);
    }
  }

  function listen() {
    const sign = document.querySelector("[data-events]");
    if (!sign || !window.EventSource) return;
    const source = new EventSource(sign.dataset.events);
    // At most one look in this time, and none is left out: what is said last would else wait for the next thing that happens.
    const everyMs = calm ? 3000 : 1000;
    let waits = false, lookedAt = -everyMs;
    const look = () => { waits = false; lookedAt = performance.now(); htmx.trigger(document.body, "mesh-changed"); };
    source.addEventListener("changed", () => {
      sign.dataset.live = "on";
      if (!waits) { waits = true; setTimeout(look, Math.max(0, lookedAt + everyMs - performance.now())); }
    });
    source.addEventListener("ended", () => { source.close(); location.assign("/signed-out?code=session-ended"); });
    source.onerror = () => { sign.dataset.live = "off"; };
    window.addEventListener("pagehide", () => source.close());
  }

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-tick-all]")) {
      for (const one of box.closest("form").querySelectorAll('input[name="item"]')) one.checked = box.checked;
    }
  });
  document.addEventListener("DOMContentLoaded", () => { draw(document); listen(); });
  // So many pages of a list are kept before the eyes: a table of ten thousand rows would be laid out anew at every step.
  const PAGES_KEPT = 4;
  function forgetEarlier() {
    const pages = document.querySelectorAll("#list tbody.more");
    const gone = [...pages].slice(0, Math.max(0, pages.length - PAGES_KEPT));
    if (!gone.length) return;
    for (const one of gone) one.remove();
    document.getElementById("earlier").hidden = false;
  }

  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    const chart = window.echarts && echarts.getInstanceByDom(event.target);
    if (chart) chart.dispose();
  });
  document.addEventListener("htmx:afterSwap", (event) => { draw(event.detail.target); forgetEarlier(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(document));
  window.addEventListener("resize", () => {
    for (const place of document.querySelectorAll("[data-chart]")) { const chart = window.echarts && echarts.getInstanceByDom(place); if (chart) chart.resize(); }
  });
})();
