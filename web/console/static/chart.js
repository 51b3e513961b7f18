// Curves on a canvas: axes with round ticks, zoom by dragging, smoothing, a
// read-out under the pointer, and a legend that hides and shows.

const room = { left: 56, right: 8, top: 8, bottom: 24 };
const drawn = new WeakMap(); // figure to its chart
const formats = {
  number: (v) => plainNumber(v, 4),
  percent: (v) => (100 * v).toFixed(1) + " %",
  scientific: (v) => v.toExponential(2),
};

function plainNumber(v, digits) {
  const size = Math.abs(v);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return v.toExponential(2);
  return Number(v.toPrecision(digits)).toLocaleString("en", { maximumSignificantDigits: digits });
}

// roundTicks are about n round numbers between two.
function roundTicks(low, high, n) {
  const raw = (high - low) / n;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 2.5, 5, 10].find((m) => raw <= power * m * (1 + 1e-9));
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9 && ticks.length < 4 * n; i++) ticks.push(i * step);
  return ticks;
}

// smoothed is an exponential moving average without the pull of its start
// (bias correction as in Kingma and Ba 2015).
function smoothed(values, weight) {
  if (!weight) return values;
  let mean = 0;
  let mass = 0;
  return values.map((v) => {
    mean = weight * mean + (1 - weight) * v;
    mass = weight * mass + (1 - weight);
    return mean / mass;
  });
}

class Chart {
  constructor(figure) {
    this.figure = figure;
    this.data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    this.hidden = new Set();
    this.weight = 0;
    this.zoom = null; // [low, high] in steps
    this.at = null; // step under the pointer or the keyboard
    this.drag = null;
    this.build();
    this.listen();
    this.draw();
  }

  build() {
    const plot = this.figure.querySelector(".plot");
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `${this.data.title}. ${this.data.words.keys}`);
    this.canvas.title = this.data.words.keys;
    this.reading = document.createElement("div");
    this.reading.className = "reading";
    this.reading.hidden = true;
    this.reading.setAttribute("aria-live", "polite");
    plot.append(this.canvas, this.reading);
    plot.classList.add("drawn");

    const controls = document.createElement("div");
    controls.className = "controls";
    const label = document.createElement("label");
    this.slider = document.createElement("input");
    Object.assign(this.slider, { type: "range", min: 0, max: 0.98, step: 0.02, value: 0 });
    label.append(this.data.words.smoothing, this.slider);
    this.reset = document.createElement("button");
    this.reset.type = "button";
    this.reset.textContent = this.data.words.whole;
    this.reset.hidden = true;
    controls.append(label, this.reset);
    plot.after(controls);

    [...this.figure.querySelectorAll(".legend li")].forEach((item, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = item.textContent;
      button.setAttribute("aria-pressed", "true");
      item.replaceChildren(button);
      button.addEventListener("click", () => {
        const shown = this.hidden.delete(i);
        if (!shown) this.hidden.add(i);
        button.setAttribute("aria-pressed", shown);
        this.draw();
      });
    });
  }

  listen() {
    const step = (event) => this.stepAt(event.clientX - this.canvas.getBoundingClientRect().left);
    this.slider.addEventListener("input", () => {
      this.weight = Number(this.slider.value);
      this.draw();
    });
    this.reset.addEventListener("click", () => this.show(null));
    this.canvas.addEventListener("dblclick", () => this.show(null));
    this.canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.drag = { from: step(event), to: step(event) };
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      this.at = step(event);
      if (this.drag) this.drag.to = this.at;
      this.draw();
    });
    this.canvas.addEventListener("pointerup", () => {
      const { from, to } = this.drag ?? { from: 0, to: 0 };
      this.drag = null;
      const [low, high] = [Math.min(from, to), Math.max(from, to)];
      if (Math.abs(this.x(high) - this.x(low)) > 6) this.show([low, high]);
      else this.draw();
    });
    this.canvas.addEventListener("pointerleave", () => {
      this.at = null;
      if (!this.drag) this.draw();
    });
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("blur", () => {
      this.at = null;
      this.draw();
    });
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  key(event) {
    const { low, high } = this.span();
    const middle = this.at ?? (low + high) / 2;
    const half = (high - low) / 4;
    const actions = {
      ArrowLeft: () => (this.at = this.neighbour(-1)),
      ArrowRight: () => (this.at = this.neighbour(1)),
      "+": () => this.show([middle - half, middle + half]),
      "=": () => this.show([middle - half, middle + half]),
      "-": () => this.show([low - 2 * half, high + 2 * half]),
      0: () => this.show(null),
      Escape: () => (this.at = null),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
    this.draw();
  }

  // neighbour is the next measured step in a direction.
  neighbour(direction) {
    const { low, high } = this.span();
    const steps = [...new Set(this.data.series.flatMap((s) => s.x))].filter((x) => x >= low && x <= high).sort((a, b) => a - b);
    if (this.at === null) return direction > 0 ? steps[0] : steps.at(-1);
    const next = direction > 0 ? steps.find((x) => x > this.at) : steps.findLast((x) => x < this.at);
    return next ?? this.at;
  }

  show(zoom) {
    const all = this.whole();
    if (zoom) zoom = [Math.max(zoom[0], all.low), Math.min(zoom[1], all.high)];
    this.zoom = zoom && (zoom[0] > all.low || zoom[1] < all.high) ? zoom : null;
    this.reset.hidden = !this.zoom;
    this.draw();
  }

  whole() {
    let low = Infinity;
    let high = -Infinity;
    for (const s of this.data.series) {
      if (!s.x.length) continue;
      low = Math.min(low, s.x[0]);
      high = Math.max(high, s.x.at(-1));
    }
    return low < high ? { low, high } : { low: low - 1, high: high + 1 };
  }

  span() {
    return this.zoom ? { low: this.zoom[0], high: this.zoom[1] } : this.whole();
  }

  x(step) {
    const { low, high } = this.span();
    return room.left + ((step - low) / (high - low)) * (this.width - room.left - room.right);
  }

  stepAt(x) {
    const { low, high } = this.span();
    const share = (x - room.left) / (this.width - room.left - room.right);
    return low + Math.min(Math.max(share, 0), 1) * (high - low);
  }

  // curves are what is to be drawn: smoothed, and cut to the zoom with one
  // point more on each side.
  curves() {
    const { low, high } = this.span();
    return this.data.series.flatMap((s, i) => {
      if (this.hidden.has(i)) return [];
      const y = smoothed(s.y, this.weight);
      let from = s.x.findIndex((x) => x >= low);
      let to = s.x.findLastIndex((x) => x <= high);
      if (from < 0) from = s.x.length - 1;
      from = Math.max(from - 1, 0);
      to = Math.min(to + 2, s.x.length);
      return [{ series: s, x: s.x.slice(from, to), y: y.slice(from, to), raw: s.y.slice(from, to) }];
    });
  }

  draw() {
    const box = this.canvas.getBoundingClientRect();
    if (!box.width) return;
    const ratio = devicePixelRatio || 1;
    [this.width, this.height] = [box.width, box.height];
    this.canvas.width = Math.round(box.width * ratio);
    this.canvas.height = Math.round(box.height * ratio);
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const colours = this.colours();
    const curves = this.curves();
    const { low, high } = this.span();
    const inside = curves.flatMap((c) => c.y.filter((_, i) => c.x[i] >= low && c.x[i] <= high));
    const values = inside.length ? inside : curves.flatMap((c) => c.y);
    let bottom = values.reduce((a, b) => Math.min(a, b), Infinity);
    let top = values.reduce((a, b) => Math.max(a, b), -Infinity);
    if (!values.length) [bottom, top] = [0, 1];
    const margin = (top - bottom) * 0.06 || Math.abs(top) / 2 || 1;
    bottom -= margin;
    top += margin;
    const y = (v) => this.height - room.bottom - ((v - bottom) / (top - bottom)) * (this.height - room.top - room.bottom);
    this.axes(pen, colours, bottom, top, y);
    pen.save();
    pen.beginPath();
    pen.rect(room.left, 0, this.width - room.left - room.right, this.height - room.bottom);
    pen.clip();
    for (const c of curves) {
      if (this.weight) this.line(pen, c, c.raw, y, colours, 0.25);
      this.line(pen, c, c.y, y, colours, 1);
    }
    this.marks(pen, curves, y, colours);
    pen.restore();
    this.read(curves);
  }

  axes(pen, colours, bottom, top, y) {
    const { low, high } = this.span();
    pen.font = "11px " + getComputedStyle(this.canvas).fontFamily;
    pen.fillStyle = colours.soft;
    pen.strokeStyle = colours.line;
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const v of roundTicks(bottom, top, 5)) {
      const level = Math.round(y(v)) + 0.5;
      pen.beginPath();
      pen.moveTo(room.left, level);
      pen.lineTo(this.width - room.right, level);
      pen.stroke();
      pen.fillText(this.tick(v), room.left - 6, level);
    }
    pen.textAlign = "center";
    pen.textBaseline = "alphabetic";
    for (const v of roundTicks(low, high, Math.max(2, Math.min(8, this.width / 90)))) {
      pen.fillText(plainNumber(v, 5), Math.min(this.x(v), this.width - room.right - 14), this.height - 7);
    }
  }

  tick(v) {
    if (this.data.format === "percent") return Number((100 * v).toPrecision(4)) + " %";
    if (this.data.format === "scientific") return v === 0 ? "0" : v.toExponential(1).replace(".0e", "e");
    return plainNumber(v, 3);
  }

  line(pen, curve, values, y, colours, opacity) {
    pen.globalAlpha = opacity;
    pen.strokeStyle = colours.series[curve.series.colour];
    pen.lineWidth = 1.75;
    pen.lineJoin = "round";
    pen.setLineDash(curve.series.dashed ? [5, 4] : []);
    pen.beginPath();
    values.forEach((v, i) => (i ? pen.lineTo(this.x(curve.x[i]), y(v)) : pen.moveTo(this.x(curve.x[i]), y(v))));
    pen.stroke();
    pen.setLineDash([]);
    if (values.length === 1) this.spot(pen, this.x(curve.x[0]), y(values[0]), pen.strokeStyle, colours);
    pen.globalAlpha = 1;
  }

  spot(pen, x, y, colour, colours) {
    pen.beginPath();
    pen.arc(x, y, 3.5, 0, 2 * Math.PI);
    pen.fillStyle = colour;
    pen.fill();
    pen.strokeStyle = colours.surface;
    pen.stroke();
  }

  // marks are the part that is being chosen, and the points that are read.
  marks(pen, curves, y, colours) {
    if (this.drag) {
      const [a, b] = [this.x(this.drag.from), this.x(this.drag.to)];
      pen.fillStyle = colours.series[1];
      pen.globalAlpha = 0.15;
      pen.fillRect(Math.min(a, b), room.top, Math.abs(b - a), this.height - room.top - room.bottom);
      pen.globalAlpha = 1;
    }
    if (this.at === null) return;
    pen.strokeStyle = colours.soft;
    pen.setLineDash([2, 3]);
    pen.beginPath();
    pen.moveTo(this.x(this.at), room.top);
    pen.lineTo(this.x(this.at), this.height - room.bottom);
    pen.stroke();
    pen.setLineDash([]);
    for (const c of curves) {
      const i = this.nearest(c);
      if (i >= 0) this.spot(pen, this.x(c.x[i]), y(c.y[i]), colours.series[c.series.colour], colours);
    }
  }

  nearest(curve) {
    let best = -1;
    curve.x.forEach((x, i) => {
      if (best < 0 || Math.abs(x - this.at) < Math.abs(curve.x[best] - this.at)) best = i;
    });
    return best;
  }

  read(curves) {
    this.reading.hidden = this.at === null || Boolean(this.drag);
    if (this.reading.hidden) return;
    const lines = curves.flatMap((c) => {
      const i = this.nearest(c);
      if (i < 0) return [];
      const line = document.createElement("div");
      line.className = "c" + c.series.colour;
      line.textContent = `${c.series.name} ${formats[this.data.format](c.y[i])}`;
      return [line];
    });
    const near = curves.flatMap((c) => (this.nearest(c) < 0 ? [] : [c.x[this.nearest(c)]]));
    const step = near.reduce((a, b) => (Math.abs(b - this.at) < Math.abs(a - this.at) ? b : a), near[0] ?? Math.round(this.at));
    const head = document.createElement("span");
    head.textContent = `${this.data.x} ${step.toLocaleString("en")}`;
    this.reading.replaceChildren(head, ...lines);
    const x = this.x(this.at);
    const left = x > this.width / 2 ? x - this.reading.offsetWidth - 12 : x + 12;
    this.reading.style.left = Math.max(0, left) + "px";
  }

  // colours are asked of the page each time: they change with its theme.
  colours() {
    const probe = document.createElement("span");
    this.figure.append(probe);
    const colour = (name) => {
      probe.style.color = `var(--${name})`;
      return getComputedStyle(probe).color;
    };
    const found = { soft: colour("soft"), line: colour("line"), surface: colour("surface"), series: [colour("ink")] };
    for (let i = 1; i <= 8; i++) found.series.push(colour("c" + i));
    probe.remove();
    return found;
  }

  add(point) {
    const s = this.data.series.find((one) => one.key.endsWith(" " + point.name));
    if (!s) return false;
    if (s.x.length && point.step <= s.x.at(-1)) return true;
    s.x.push(point.step);
    s.y.push(point.value);
    this.draw();
    return true;
  }
}

export function drawCharts(root) {
  for (const figure of root.querySelectorAll("[data-chart]")) {
    if (!drawn.has(figure)) drawn.set(figure, new Chart(figure));
  }
}

// addPoint adds a value that has just been measured; false where no chart has
// a curve for it.
export function addPoint(root, point) {
  let known = false;
  for (const figure of root.querySelectorAll("[data-chart]")) {
    known = (drawn.get(figure)?.add(point) ?? false) || known;
  }
  return known;
}
