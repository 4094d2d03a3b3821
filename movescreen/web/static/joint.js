// A joint is chosen and put elsewhere; what is sent is how far it is from where the camera saw it.
const drawing = document.getElementById("turn"), form = document.getElementById("move"), file = document.getElementById("clip");
const { joint, right, down } = form.elements;
const camera = {}; // where the camera saw each joint
for (const option of joint.options) {
  const circle = drawing.querySelector(`[data-joint="${option.value}"]`);
  if (circle) camera[option.value] = [Number(circle.getAttribute("cx")) - option.dataset.right, Number(circle.getAttribute("cy")) - option.dataset.down];
}

function choose(name) {
  joint.value = name;
  const { right: x, down: y } = joint.selectedOptions[0].dataset;
  [right.value, down.value] = [x ?? 0, y ?? 0];
  mark();
}

function mark() {
  for (const circle of drawing.querySelectorAll("circle")) circle.classList.toggle("chosen", circle.dataset.joint === joint.value);
}

function put() {
  const place = camera[joint.value];
  if (!place) return;
  const [x, y] = [place[0] + Number(right.value), place[1] + Number(down.value)];
  const circle = drawing.querySelector(`[data-joint="${joint.value}"]`);
  circle.setAttribute("cx", x);
  circle.setAttribute("cy", y);
  for (const [end, n] of [["a", 1], ["b", 2]]) {
    for (const line of drawing.querySelectorAll(`[data-${end}="${joint.value}"]`)) {
      line.setAttribute(`x${n}`, x);
      line.setAttribute(`y${n}`, y);
    }
  }
}

drawing.addEventListener("click", (event) => {
  const name = event.target.dataset.joint;
  if (name && name !== joint.value) return choose(name);
  if (!camera[joint.value]) return;
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  right.value = (x - camera[joint.value][0]).toFixed(1);
  down.value = (y - camera[joint.value][1]).toFixed(1);
  put();
});
joint.addEventListener("change", () => choose(joint.value));
for (const field of [right, down]) field.addEventListener("input", put);

file.addEventListener("change", () => {
  if (!file.files[0]) return;
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, src: URL.createObjectURL(file.files[0]) });
  video.addEventListener("loadeddata", () => { video.currentTime = Number(file.dataset.at) + 0.001; });
  video.addEventListener("seeked", () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    document.getElementById("frame").setAttribute("href", canvas.toDataURL("image/jpeg", 0.9));
  });
});
