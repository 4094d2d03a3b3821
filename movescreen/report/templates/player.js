const { clips } = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const COLORS = { left: "#0072b2", right: "#b34700", middle: "#3c4a52" };
const panes = [];
let at = 0, playing = false, last = 0;

function make(tag, className = "", words = "") {
  return Object.assign(document.createElement(tag), { className, textContent: words });
}

// One clip on the page: a picture, its readings, and what was drawn by hand.
class Pane {
  constructor(number) {
    this.root = make("section", "pane");
    this.choose = make("select");
    this.choose.setAttribute("aria-label", "Clip");
    clips.forEach((clip, i) => this.choose.append(new Option(clip.title, i)));
    this.choose.value = Math.min(number, clips.length - 1);
    this.choose.addEventListener("change", () => { this.open(); range(); draw(); });
    this.rep = make("select");
    this.rep.setAttribute("aria-label", "Repetition");
    this.rep.addEventListener("change", () => { range(); draw(); });
    this.canvas = make("canvas");
    this.canvas.addEventListener("pointerdown", (event) => this.tap(event));
    this.file = Object.assign(make("input"), { type: "file", accept: "video/*" });
    this.file.addEventListener("change", () => this.show());
    const open = make("label", "file", "Open the clip under it ");
    open.append(this.file);
    const save = make("button", "", "Save this picture");
    save.type = "button";
    save.addEventListener("click", () => this.save());
    this.list = make("dl", "told");
    const head = make("div", "transport");
    head.append(this.choose, this.rep);
    const foot = make("div", "transport");
    foot.append(save, open);
    this.root.append(head, this.canvas, this.list, foot);
    $("panes").append(this.root);
    this.open();
  }

  open() {
    this.clip = clips[this.choose.value];
    this.drawn = [];
    this.taps = [];
    this.video?.removeAttribute("src");
    this.video = null;
    this.file.value = "";
    const film = $(`film-${this.choose.value}`);
    if (film) this.play(filmAddress(film), this.clip.film);
    this.canvas.width = this.clip.size[0];
    this.canvas.height = this.clip.size[1];
    this.rep.replaceChildren(...this.clip.reps.map((rep, i) => new Option(`Repetition ${rep.name}`, i)));
    this.rep.hidden = !this.clip.reps.length;
  }

  // Of one clip: the first repetition of the other leg, or the last one.
  beside(reps) {
    const other = reps.findIndex((rep) => rep.side !== reps[0].side);
    this.rep.value = other < 0 ? reps.length - 1 : other;
  }

  get turn() { return this.clip.reps[this.rep.value || 0]?.turn ?? this.clip.times[0]; }

  frame() {
    const times = this.clip.times, t = this.turn + at;
    let low = 0, high = times.length - 1;
    while (low < high) { const middle = (low + high) >> 1; if (times[middle] < t - 1e-6) low = middle + 1; else high = middle; }
    return low > 0 && t - times[low - 1] < times[low] - t ? low - 1 : low;
  }

  show() {
    const [file] = this.file.files;
    if (file) this.play(URL.createObjectURL(file), { place: this.clip.picture, start: 0 });
  }

  // A video lies under the skeleton from here on. A browser takes its time to find a picture: until then the one before stays.
  play(src, film) {
    const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, preload: "auto" });
    this.film = film;
    this.video = video;
    this.sought = -1;
    const show = () => { if (this.video === video) this.draw(); };
    video.addEventListener("seeked", show);
    video.addEventListener("loadeddata", show);
    video.src = src;
    this.draw();
  }

  repaint() { this.paint(Number(this.canvas.dataset.frame ?? this.frame()), this.canvas.dataset.filmed === "true"); }

  // Where the video has to stand for a frame, s; null outside of it.
  moment(i) {
    const t = this.clip.times[i] - this.film.start;
    return t >= -0.02 && t <= this.video.duration + 0.02 ? Math.max(t, 0) + 0.001 : null;
  }

  draw() {
    const wanted = this.frame();
    if (!(this.video?.readyState >= 1)) { this.paint(wanted, false); return; }
    const moment = this.moment(wanted);
    if (moment === null) { this.paint(wanted, false); return; }
    if (this.video.seeking || this.video.readyState < 2) return;
    if (this.sought >= 0) this.paint(this.sought, true);
    if (this.sought === wanted) return;
    this.sought = wanted;
    this.video.currentTime = moment;
  }

  paint(i, filmed) {
    const brush = this.canvas.getContext("2d"), { width, height } = this.canvas, { clip } = this;
    this.canvas.dataset.frame = i;
    this.canvas.dataset.filmed = filmed;
    brush.fillStyle = "#f4f6f7";
    brush.fillRect(0, 0, width, height);
    if (filmed) brush.drawImage(this.video, ...this.film.place);
    const points = clip.points[i];
    brush.lineCap = "round";
    if (!$("lines").checked && filmed) {
      // the film alone
    } else if (points) {
      for (const wide of [true, false]) {
        for (const [a, b, side] of clip.bones) {
          if (points[2 * a] === null || points[2 * b] === null) continue;
          brush.strokeStyle = wide ? "#fff" : COLORS[side];
          brush.lineWidth = wide ? 12 : 7;
          brush.setLineDash(!wide && side === "right" ? [14, 12] : []);
          brush.beginPath();
          brush.moveTo(points[2 * a], points[2 * a + 1]);
          brush.lineTo(points[2 * b], points[2 * b + 1]);
          brush.stroke();
        }
      }
      const [head, radius] = clip.head;
      if (points[2 * head] !== null) {
        brush.setLineDash([]);
        brush.strokeStyle = COLORS.middle;
        brush.beginPath();
        brush.arc(points[2 * head], points[2 * head + 1], radius, 0, 7);
        brush.stroke();
      }
    } else {
      brush.fillStyle = "#46545e";
      brush.font = "28px system-ui, sans-serif";
      brush.fillText("not seen in this frame", 24, 48);
    }
    brush.setLineDash([]);
    if (points && $("angles").checked) this.write(brush, points, i);
    for (const shape of [...this.drawn, this.taps]) this.sketch(brush, shape);
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", [clip.title, ...this.drawn.map(measure)].join(", "));
    const rows = clip.readings.flatMap((r) => {
      const value = r.values[i], error = r.error === null ? "" : ` ± ${r.error.toFixed(r.digits)}`;
      return [make("dt", "", r.label), make("dd", "", value === null ? "not measured" : `${value.toFixed(r.digits)}${error}${r.unit}`)];
    });
    this.list.replaceChildren(...rows);
  }

  // The readings beside their joints, none over another.
  write(brush, points, i) {
    const taken = [];
    brush.font = "600 26px system-ui, sans-serif";
    for (const label of this.clip.labels) {
      const value = label.values[i], at = label.at.map((n) => [points[2 * n], points[2 * n + 1]]);
      if (value === null || at.some(([x]) => x === null)) continue;
      const signed = label.senses.some(Boolean), sense = value ? label.senses[value > 0 ? 0 : 1] : "";
      const words = label.text.replace("{value}", (signed ? Math.abs(value) : value).toFixed(label.digits)).replace("{sense}", sense);
      const wide = brush.measureText(words).width + 16, middle = (n) => at.reduce((sum, p) => sum + p[n], 0) / at.length;
      const left = Math.min(Math.max(middle(0) + 24, 4), this.canvas.width - wide - 4);
      let top = middle(1) - 20;
      while (taken.some(([l, t, w]) => Math.abs(t - top) < 42 && l < left + wide && left < l + w)) top += 42;
      taken.push([left, top, wide]);
      brush.fillStyle = "rgb(20 30 38 / .8)";
      brush.fillRect(left, top, wide, 38);
      brush.fillStyle = "#fff";
      brush.fillText(words, left + 8, top + 28);
    }
  }

  sketch(brush, shape) {
    if (!shape.length) return;
    brush.strokeStyle = brush.fillStyle = "#7a1fa2";
    brush.lineWidth = 4;
    brush.beginPath();
    shape.forEach(([x, y], n) => (n ? brush.lineTo(x, y) : brush.moveTo(x, y)));
    brush.stroke();
    for (const [x, y] of shape) { brush.beginPath(); brush.arc(x, y, 7, 0, 7); brush.fill(); }
    const words = measure(shape);
    if (!words) return;
    const [x, y] = shape[shape.length === 3 ? 1 : 0];
    brush.font = "600 30px system-ui, sans-serif";
    const wide = brush.measureText(words).width, left = Math.min(x + 14, this.canvas.width - wide - 12);
    brush.fillStyle = "rgb(255 255 255 / .85)";
    brush.fillRect(left - 6, y - 44, wide + 12, 40);
    brush.fillStyle = "#7a1fa2";
    brush.fillText(words, left, y - 13);
  }

  tap(event) {
    const tool = $("tool").value;
    if (!tool) return;
    const box = this.canvas.getBoundingClientRect();
    this.taps.push([((event.clientX - box.left) / box.width) * this.canvas.width, ((event.clientY - box.top) / box.height) * this.canvas.height]);
    if (this.taps.length === (tool === "line" ? 2 : 3)) { this.drawn.push(this.taps); this.taps = []; }
    this.draw();
  }

  save() {
    const link = make("a");
    link.download = `${this.clip.title.replace(/[^\w]+/g, "_")}_${this.clip.times[this.canvas.dataset.frame].toFixed(2)}s.png`;
    link.href = this.canvas.toDataURL("image/png");
    link.click();
  }
}

const addresses = {};

// The film of a clip, which lies in the page itself, as something that a video can play.
function filmAddress(film) {
  addresses[film.id] ??= URL.createObjectURL(new Blob([Uint8Array.from(atob(film.textContent), (c) => c.charCodeAt(0))], { type: "video/mp4" }));
  return addresses[film.id];
}

// A line from the vertical, an angle at its corner; degrees.
function measure(shape) {
  const [a, b, c] = shape;
  if (shape.length === 2 && !($("tool").value === "angle" && panes.some((p) => p.taps === shape))) {
    const tilt = Math.abs((Math.atan2(b[0] - a[0], a[1] - b[1]) * 180) / Math.PI);
    return `${Math.round(Math.min(tilt, 180 - tilt))}° from upright`;
  }
  if (shape.length < 3) return "";
  const way = (p) => Math.atan2(p[1] - b[1], p[0] - b[0]);
  const turn = Math.abs(((way(a) - way(c)) * 180) / Math.PI);
  return `${Math.round(turn > 180 ? 360 - turn : turn)}°`;
}

const shown = () => panes.filter((pane) => !pane.root.hidden);

function range() {
  const each = shown();
  $("slider").min = Math.max(...each.map((p) => p.clip.times[0] - p.turn));
  $("slider").max = Math.min(...each.map((p) => p.clip.times.at(-1) - p.turn));
  at = Math.min(Math.max(at, Number($("slider").min)), Number($("slider").max));
}

function draw() {
  $("slider").value = at;
  $("clock").textContent = Math.abs(at) < 0.0005 ? `at ${shown()[0].clip.turn}` : `${at > 0 ? "+" : "−"}${Math.abs(at).toFixed(2)} s from ${shown()[0].clip.turn}`;
  for (const pane of shown()) pane.draw();
}

function step(by) {
  const pane = shown()[0], next = pane.clip.times[pane.frame() + by];
  if (next !== undefined) go(next - pane.turn);
}

function go(to) {
  at = Math.min(Math.max(to, Number($("slider").min)), Number($("slider").max));
  draw();
}

function play(yes) {
  playing = yes;
  $("play").textContent = yes ? "Stop" : "Play";
  last = performance.now();
  if (yes) requestAnimationFrame(tick);
}

function tick(now) {
  if (!playing) return;
  const to = at + ((now - last) / 1000) * Number($("speed").value);
  last = now;
  go(to >= Number($("slider").max) ? Number($("slider").min) : to);
  requestAnimationFrame(tick);
}

panes.push(new Pane(0));
if ($("both")) {
  panes.push(new Pane(1));
  if (clips.length === 1) panes[1].beside(clips[0].reps);
  panes[1].root.hidden = !$("both").checked;
}
$("play").addEventListener("click", () => play(!playing));
$("back").addEventListener("click", () => { play(false); step(-1); });
$("forth").addEventListener("click", () => { play(false); step(1); });
$("turn").addEventListener("click", () => { play(false); go(0); });
$("slider").addEventListener("input", () => { play(false); go(Number($("slider").value)); });
$("clear").addEventListener("click", () => { for (const pane of panes) { pane.drawn = []; pane.taps = []; } draw(); });
$("tool").addEventListener("change", () => { for (const pane of panes) pane.taps = []; draw(); });
for (const id of ["lines", "angles"]) $(id).addEventListener("change", () => { for (const pane of panes) pane.repaint(); });
$("both")?.addEventListener("change", () => { panes[1].root.hidden = !$("both").checked; range(); draw(); });
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, button, textarea")) return;
  if (event.key === " ") play(!playing);
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight") { play(false); step(event.key === "ArrowLeft" ? -1 : 1); }
  else return;
  event.preventDefault();
});
range();
go(0);
