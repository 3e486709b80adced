"use strict";
// Shows the values under the pointer on each chart, and lets the names of a legend hide their tracks.
for (const figure of document.querySelectorAll(".chart")) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const svg = figure.querySelector("svg"), tip = figure.querySelector(".tip");
  const hidden = new Set();
  let at = data.steps;

  const element = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const cursor = element("line", { class: "cursor", y1: data.top, y2: data.top + data.height, visibility: "hidden" });
  const dots = element("g", {});
  svg.append(cursor, dots);

  const show = value => {
    if (data.scale === "percent") return (value * 100).toFixed(2) + " %";
    return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  };
  const x = step => data.left + data.width * step / data.steps;
  const y = value => {
    const place = v => data.scale === "log" ? Math.log(Math.max(v, 1e-12)) : v;
    const height = (place(value) - place(data.low)) / (place(data.high) - place(data.low));
    return data.top + data.height * (1 - Math.min(1, Math.max(0, height)));
  };
  // The place of the first step that is not before the given one.
  const find = (steps, step) => {
    let low = 0, high = steps.length;
    while (low < high) {
      const middle = low + high >> 1;
      if (steps[middle] < step) low = middle + 1; else high = middle;
    }
    return low;
  };
  const nearest = (track, step) => {
    const { steps } = track;
    let place = find(steps, step);
    if (!track.points) return place < steps.length ? place : -1;
    if (place > 0 && (place === steps.length || step - steps[place - 1] < steps[place] - step)) place -= 1;
    return place < steps.length && Math.abs(steps[place] - step) <= data.steps * 0.025 ? place : -1;
  };

  const hide = () => {
    tip.hidden = true;
    cursor.setAttribute("visibility", "hidden");
    dots.replaceChildren();
  };
  const point = step => {
    at = Math.max(1, Math.min(data.steps, Math.round(step)));
    const rows = [];
    dots.replaceChildren();
    for (const track of data.tracks) {
      const place = hidden.has(track.group) ? -1 : nearest(track, at);
      if (place < 0) continue;
      const value = track.values[place], row = document.createElement("div"), mark = document.createElement("i");
      const dot = element("circle", { class: `f${track.color} o`, r: 4.5, cx: x(track.points ? track.steps[place] : at), cy: y(value) });
      dots.append(dot);
      mark.style.background = getComputedStyle(dot).fill;
      row.append(mark, `${track.label} ${show(value)}`);
      if (track.low && track.low.length) {
        const range = document.createElement("small");
        range.textContent = `  ${show(track.low[place])} to ${show(track.high[place])}`;
        row.append(range);
      }
      rows.push(row);
    }
    const head = document.createElement("b");
    head.textContent = `step ${at.toLocaleString("en")}`;
    tip.replaceChildren(head, ...rows);
    tip.hidden = false;
    cursor.setAttribute("visibility", "visible");
    for (const end of ["x1", "x2"]) cursor.setAttribute(end, x(at));
    const scale = svg.clientWidth / svg.viewBox.baseVal.width, left = x(at) * scale;
    const flipped = left + tip.offsetWidth + 18 > svg.clientWidth;
    tip.style.transform = `translate(${Math.max(0, flipped ? left - tip.offsetWidth - 14 : left + 14)}px, ${(data.top + 8) * scale}px)`;
  };

  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect();
    const place = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
    if (place < data.left - 8 || place > data.left + data.width + 8) hide(); else point((place - data.left) / data.width * data.steps);
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", event => {
    const pace = Math.max(1, Math.round(data.steps / 100));
    if (event.key === "ArrowLeft") point(at - pace);
    else if (event.key === "ArrowRight") point(at + pace);
    else if (event.key === "Escape") hide();
    else return;
    event.preventDefault();
  });
  for (const key of svg.querySelectorAll(".key")) {
    key.addEventListener("click", () => {
      const index = Number(key.dataset.key), off = !hidden.delete(index);
      if (off) hidden.add(index);
      key.classList.toggle("off", off);
      for (const track of svg.querySelectorAll(`[data-group="${index}"]`)) track.style.display = off ? "none" : "";
    });
  }
}
