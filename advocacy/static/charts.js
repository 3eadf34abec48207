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
    const { kind, labels, values, unit, hidden } = JSON.parse(canvas.dataset.chart);
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
      const veil = { id: "notShown", beforeDatasetsDraw(drawn) { // what is hidden is no zero: a hatched column, outlined, from top to bottom
        const { ctx, chartArea } = drawn, points = drawn.getDatasetMeta(0).data, tall = chartArea.height, wide = Math.min(36, chartArea.width / points.length * .72);
        ctx.save(); ctx.strokeStyle = ctx.fillStyle = ink; ctx.font = "12px Inter, system-ui, sans-serif"; ctx.textAlign = "center"; ctx.textBaseline = "middle";
        points.forEach((point, index) => {
          if (values[index] !== null) return;
          const left = drawn.scales.x.getPixelForValue(index) - wide / 2;
          ctx.save(); ctx.beginPath(); ctx.rect(left, chartArea.top, wide, tall); ctx.clip(); ctx.globalAlpha = .35; ctx.beginPath();
          for (let y = 0; y < tall + wide; y += 8) { ctx.moveTo(left, chartArea.top + y); ctx.lineTo(left + wide, chartArea.top + y - wide); }
          ctx.stroke(); ctx.restore();
          ctx.setLineDash([4, 3]); ctx.strokeRect(left, chartArea.top, wide, tall); ctx.setLineDash([]);
          ctx.save(); ctx.translate(left + wide / 2, chartArea.top + tall / 2); ctx.rotate(-Math.PI / 2);
          const long = ctx.measureText(hidden).width + 10;
          if (wide >= 14) { ctx.fillStyle = surface; ctx.fillRect(-long / 2, -8, long, 16); ctx.fillStyle = ink; ctx.fillText(hidden, 0, 0); }
          ctx.restore();
        });
        ctx.restore();
      } };
      const drawn = new Chart(canvas, { type: kind, plugins: [veil, label],
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
