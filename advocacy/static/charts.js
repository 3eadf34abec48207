/* Draws the canvas of macros/charts.html with chart.js: one thin message, direct labels, zero baseline, our colours. */
(() => {
  "use strict";
  const charts = [];
  const colour = name => {                                // light-dark() and oklch() resolved for the canvas
    const probe = document.body.appendChild(document.createElement("i"));
    probe.className = "probe probe-" + name;
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const chart = canvas => {
    const { kind, labels, values, unit } = JSON.parse(canvas.dataset.chart);
    const frame = canvas.parentElement, figures = canvas.closest("figure").querySelector("[data-figures]");
    frame.hidden = false;
    if (figures) figures.open = false;
    const draw = () => {
      const [accent, soft, ink, line, surface] = ["accent", "soft", "ink", "line", "surface"].map(colour);
      const number = new Intl.NumberFormat(document.documentElement.lang || undefined);
      const last = values.length - 1;
      const label = { id: "directLabels", afterDatasetsDraw(drawn) {
        const { ctx, chartArea } = drawn;
        const points = drawn.getDatasetMeta(0).data, few = points.length <= 12 && chartArea.width / points.length > 34;
        ctx.save(); ctx.fillStyle = ink; ctx.textAlign = "center"; ctx.font = "500 12px Inter, system-ui, sans-serif";
        points.forEach((point, index) => { if (values[index] !== null && ((kind === "bar" && few) || index === last)) ctx.fillText(number.format(values[index]), point.x, point.y - 8); });
        ctx.restore();
      } };
      const drawn = new Chart(canvas, { type: kind, plugins: [label],
        data: { labels, datasets: [{ label: unit, data: values, backgroundColor: kind === "bar" ? accent : soft, borderColor: accent, borderWidth: kind === "bar" ? 0 : 2,
          borderRadius: 4, maxBarThickness: 36, pointRadius: values.map((_, index) => index === last ? 3.5 : 0), pointBackgroundColor: accent, pointHitRadius: 16, tension: 0, fill: false }] },
        options: { animation: false, responsive: true, maintainAspectRatio: false, layout: { padding: { top: 20, right: 16 } },
          plugins: { legend: { display: false }, tooltip: { displayColors: false, backgroundColor: ink, titleColor: surface, bodyColor: surface, callbacks: { label: item => `${number.format(item.raw)} ${unit}` } } },
          scales: { x: { reverse: document.dir === "rtl", grid: { display: false }, border: { color: line }, ticks: { color: ink, maxRotation: 0, autoSkipPadding: 16, font: { family: "Inter, system-ui", size: 12 } } },
            y: { beginAtZero: true, position: document.dir === "rtl" ? "right" : "left", grid: { color: line, lineWidth: 1 }, border: { display: false }, ticks: { color: ink, maxTicksLimit: 5, precision: 0, font: { family: "Inter, system-ui", size: 12 }, callback: value => number.format(value) } } } } });
      return drawn;
    };
    const entry = { drawn: draw(), again: () => { entry.drawn.destroy(); entry.drawn = draw(); } };
    charts.push(entry);
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach(entry => entry.again()));
  window.advocacyChart = chart;
})();
