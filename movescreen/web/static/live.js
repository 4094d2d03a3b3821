// The page of a guided session: sends the camera's newest picture, draws what comes back. It decides nothing.
import { ask, sentence } from "./meant.js";

const setup = JSON.parse(document.getElementById("setup").textContent);
const $ = (id) => document.getElementById(id);
const video = $("video"), canvas = $("skeleton"), root = $("live"), notice = $("notice");
const LONG_SIDE = 640, QUALITY = 0.75, IN_FLIGHT = 2, STALE_MS = 1000, KEEPALIVE_MS = 5000;
const COLORS = { left: "#56b4e9", right: "#ffa51e", middle: "#ebebeb" };

// what benchmarks and tests read
const stats = (window.movescreen = { delays: [], analyzed: 0, sent: 0, state: setup.state, connects: 0 });

let socket = null, over = false, retryMs = 300, number = 0, encoding = false, stream = null;
let facing = setup.phone ? "environment" : (sessionStorage.getItem("facing") ?? "user"), watching = new URLSearchParams(location.search).has("watch");
const seen = $("picture"), page = String(Math.random()).slice(2);
const sentAt = new Map();

// --- the camera ---------------------------------------------------------------------------------------------------

async function openCamera() {
  if (!navigator.mediaDevices) {
    say("camera", "This page may not use the camera: browsers allow it only on https pages and on this computer itself (localhost).");
    return;
  }
  stream?.getTracks().forEach((track) => track.stop());
  try {
    const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: { ...size, facingMode: facing }, audio: false });
  } catch (error) {
    say("camera", {
      NotAllowedError: "The camera was not allowed. Allow it beside the address of this page, then load the page again.",
      NotFoundError: "There is no camera. Plug one in, then load the page again.",
      NotReadableError: "Another program uses the camera. Close it, then load the page again.",
    }[error.name] ?? `The camera does not work (${error.name}).`);
    return;
  }
  stream.getVideoTracks()[0].addEventListener("ended", () => say("camera", "The camera has gone. Plug it in and load the page again."));
  video.srcObject = stream;
  root.classList.toggle("mirrored", facing === "user");
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === "videoinput");
  $("turn").hidden = cameras.length < 2;
  say("camera", "");
  await video.play();
  video.requestVideoFrameCallback(onPicture);
}

function closeCamera() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = video.srcObject = null;
}

// Another device films, and this page shows what it sees.
function watch() {
  watching = true;
  closeCamera();
  $("code").close();
  root.classList.remove("mirrored");
  say("camera", "");
  showRole();
}

async function film() {
  watching = false;
  stats.connects = 0;
  socket?.close(1000);
  showRole();
  await openCamera();
}

function showRole() {
  root.dataset.watching = watching;
  $("film").hidden = !watching;
  $("phone").hidden = watching || setup.phone;
  if (watching) $("turn").hidden = true;
}

async function showSeen(blob) {
  const picture = await createImageBitmap(blob);
  if (seen.width !== picture.width || seen.height !== picture.height) Object.assign(seen, { width: picture.width, height: picture.height });
  seen.getContext("2d").drawImage(picture, 0, 0);
  picture.close();
}

const grab = new OffscreenCanvas(4, 4), pen = grab.getContext("2d", { alpha: false, desynchronized: true });

function onPicture(now, facts) {
  if (!over && stream) video.requestVideoFrameCallback(onPicture);
  sendPicture(facts?.captureTime ?? now);
}

async function sendPicture(captureMs) {
  const nowMs = performance.now();
  for (const [n, at] of sentAt) if (nowMs - at.sent > STALE_MS) sentAt.delete(n);
  // a slow computer drops pictures; none waits in a queue
  if (encoding || over || watching || !video.videoWidth || socket?.readyState !== WebSocket.OPEN) return;
  if (sentAt.size >= IN_FLIGHT || socket.bufferedAmount > 0 || stats.state?.paused) return;
  encoding = true;
  try {
    const scale = Math.min(1, LONG_SIDE / Math.max(video.videoWidth, video.videoHeight));
    const width = Math.round(video.videoWidth * scale), height = Math.round(video.videoHeight * scale);
    if (grab.width !== width || grab.height !== height) Object.assign(grab, { width, height });
    pen.drawImage(video, 0, 0, width, height);
    const jpeg = await (await grab.convertToBlob({ type: "image/jpeg", quality: QUALITY })).arrayBuffer();
    if (socket?.readyState !== WebSocket.OPEN) return;
    number = (number + 1) >>> 0;
    const message = new Uint8Array(12 + jpeg.byteLength), head = new DataView(message.buffer);
    head.setFloat64(0, captureMs / 1000, true);
    head.setUint32(8, number, true);
    message.set(new Uint8Array(jpeg), 12);
    sentAt.set(number, { capture: captureMs, sent: performance.now() });
    socket.send(message);
    stats.sent += 1;
  } finally {
    encoding = false;
  }
}

// --- the server ---------------------------------------------------------------------------------------------------

function connect() {
  const address = new URL(setup.socket, location.href);
  if (watching) address.searchParams.set("watch", "true");
  else if (stats.connects) address.searchParams.set("again", "true");
  address.searchParams.set("page", page);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address);
  stats.socket = socket;
  socket.onopen = () => { retryMs = 300; stats.connects += 1; sentAt.clear(); say("connection", ""); };
  socket.onmessage = (event) => (typeof event.data === "string" ? receive(JSON.parse(event.data)) : showSeen(event.data));
  socket.onclose = (event) => {
    sentAt.clear();
    if (over) return;
    if (event.code === 4404) return finish({ error: { message: event.reason || "this session is not open any more", hint: "" } });
    if (event.code === 4409) { watch(); return connect(); }
    if (event.code === 4423) return finish({ error: { message: event.reason, hint: "" } });
    if (event.code === 4401) return location.assign("/login");
    say("connection", "The connection is lost. Trying again …");
    setTimeout(connect, retryMs);
    retryMs = Math.min(retryMs * 1.7, 4000);
  };
}

function command(name) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ command: name }));
}

function receive(message) {
  if (message.state) show(message.state);
  if ("number" in message) {
    drawSkeleton(message.pose);
    const at = sentAt.get(message.number);
    if (at) {
      stats.delays.push(performance.now() - at.capture);
      if (stats.delays.length > 5000) stats.delays.shift();
    }
    for (const n of sentAt.keys()) if (n <= message.number) sentAt.delete(n);
    stats.analyzed += 1;
  }
}

// --- drawing ------------------------------------------------------------------------------------------------------

function drawSkeleton(pose) {
  const width = (watching ? seen.width : video.videoWidth) || 640, height = (watching ? seen.height : video.videoHeight) || 480;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const brush = canvas.getContext("2d");
  brush.clearRect(0, 0, width, height);
  if (!pose) return;
  const at = (i) => [(pose[i][0] / 1000) * width, (pose[i][1] / 1000) * height];
  const thick = Math.max(width, height) / 130;
  brush.lineCap = "round";
  for (const pass of ["#12161c", null]) {
    for (const [a, b, side] of setup.bones) {
      brush.strokeStyle = pass ?? COLORS[side];
      brush.lineWidth = pass ? thick * 1.8 : thick;
      // the person's right is dashed: color is not the only sign
      brush.setLineDash(pass === null && side === "right" ? [thick * 2, thick * 2] : []);
      brush.beginPath();
      brush.moveTo(...at(a));
      brush.lineTo(...at(b));
      brush.stroke();
    }
  }
  brush.setLineDash([]);
  for (const [i, side] of setup.joints) {
    const [x, y] = at(i);
    brush.beginPath();
    brush.arc(x, y, thick * 0.95, 0, 7);
    brush.fillStyle = "#fff";
    brush.fill();
    brush.lineWidth = thick * 0.45;
    brush.strokeStyle = COLORS[side];
    brush.stroke();
  }
}

const MARKS = new Map([[true, "✓"], [false, "✗"], [null, "·"]]);
const WORDS = new Map([[true, "right"], [false, "not right"], [null, "not known yet"]]);

function text(id, words) {
  const node = $(id);
  if (node.textContent !== words) node.textContent = words;
  node.hidden = !words;
}

function list(id, rows, fill) {
  const node = $(id), key = JSON.stringify(rows);
  node.hidden = !rows.length;
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  node.replaceChildren(...rows.flatMap(fill));
}

function make(tag, words, className = "") {
  const node = document.createElement(tag);
  node.textContent = words;
  node.className = className;
  return node;
}

function show(state) {
  stats.state = state;
  const recording = state.stage === "recording", between = state.stage === "between", settingUp = state.stage === "setup";
  root.dataset.stage = state.stage;
  root.dataset.paused = state.paused;
  root.dataset.pain = state.pain;
  if (watching) say("connection", state.camera || state.stage === "done" ? "" : "No camera films now. Wake the phone, or film with this device (More).");
  text("where", state.stage === "done" ? "" : `${state.part} of ${state.parts}`);
  text("title", state.stage === "done" ? "" : state.title);
  const big = { countdown: String(state.countdown), recording: `${state.reps} / ${state.target}`, between: state.pain ? "" : "Done" };
  text("big", big[state.stage] ?? "");
  $("big").setAttribute("aria-label", recording ? `${state.reps} of ${state.target} repetitions` : "");
  text("advice", adviceOf(state));
  $("hold").hidden = !settingUp || state.paused || state.held_s === 0;
  $("hold").firstElementChild.style.width = `${(state.held_s / 3) * 100}%`;
  $("hold").setAttribute("aria-valuenow", state.held_s);
  list("checks", settingUp && !state.paused ? state.setup : [], (item) => {
    const row = make("li", "", item.ok === false ? "wrong" : item.ok ? "right" : "unknown");
    const mark = make("span", MARKS.get(item.ok), "mark");
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", WORDS.get(item.ok));
    row.append(mark, ` ${item.title}`);
    return [row];
  });
  list("readings", recording && !state.paused && state.readings.length ? [null, ...state.readings] : [], (r) =>
    r ? [make("dt", r.label), make("dd", r.value), make("dd", r.last || "–", "last")]
      : [make("dt", "", "head"), make("dd", "now", "head"), make("dd", "last rep", "head")]);
  list("cues", recording || between ? state.cues : [], (c) => [make("li", c)]);
  text("next", between && !state.pain && state.following ? `Next: ${state.following}` : "");
  for (const button of document.querySelectorAll("[data-command]")) {
    button.hidden = !state.can.includes(button.dataset.command);
  }
  $("faster").hidden = !(state.slow && (settingUp || between));
  speak(state.said);
  if (state.stage === "done") finish(state);
}

function adviceOf(state) {
  if (state.stage === "setup" && !state.paused) {
    const wrong = state.setup.some((item) => item.ok === false && item.name !== "person");
    return wrong || state.setup.some((i) => i.ok === false) ? state.advice : state.held_s > 0 ? "Good. Stay like that." : state.position;
  }
  if (state.advice) return state.advice;
  if (state.stage === "countdown" || (state.stage === "recording" && !state.reps && !state.cues.length)) return state.instruction;
  if (state.stage === "between") return `${state.reps} of ${state.target} recorded.`;
  return "";
}

function finish(state) {
  const error = state.error, result = state.result;
  root.dataset.stage = "done";
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
  if (!error && !result) {
    text("advice", "Making the report …");
    $("again").hidden = !setup.team; // the report is made all the same
    return;
  }
  over = true;
  stream?.getTracks().forEach((track) => track.stop());
  socket?.close(1000);
  for (const button of document.querySelectorAll(".commands > button")) button.hidden = true;
  $("more").hidden = true;
  $("again").hidden = setup.phone;
  if (setup.phone) {
    text("advice", error ? sentence(error.message) : "The result is on the laptop.");
    setTimeout(() => location.assign("/phone/"), 3000);
    return;
  }
  if (error) {
    text("advice", sentence(error.message));
    text("next", sentence(error.hint));
    return;
  }
  text("big", "Thank you");
  text("advice", "The report is ready.");
  text("next", state.note ?? "");
  $("report").href = `/results/${encodeURIComponent(result)}`;
  $("report").hidden = false;
  (setup.team ? $("again").querySelector("button") : $("report")).focus();
}

const problems = { connection: "", camera: "" };

function say(about, words) {
  problems[about] = words;
  notice.textContent = problems.connection || problems.camera;
  notice.hidden = !notice.textContent;
}

// --- the voice ----------------------------------------------------------------------------------------------------

// a voice that lies on the device: one from elsewhere would be sent what is said
const ownVoice = () => {
  const own = window.speechSynthesis?.getVoices().filter((v) => v.localService) ?? [];
  return own.find((v) => v.name === setup.speaks.name) ?? own.find((v) => v.default && v.lang.startsWith("en")) ?? own.find((v) => v.lang.startsWith("en"));
};
let voice = setup.voice ?? (sessionStorage.getItem("voice") ?? (setup.speaks.on ? "yes" : "no")) === "yes", spoken = 0;

function speak(said) {
  for (const { number: n, text: words } of said) {
    if (n <= spoken) continue;
    spoken = n;
    if (!voice || !("speechSynthesis" in window)) continue;
    const utterance = new SpeechSynthesisUtterance(words);
    utterance.voice = ownVoice() ?? null;
    utterance.lang = utterance.voice?.lang ?? "en";
    utterance.rate = setup.speaks.speed;
    if (!utterance.voice && speechSynthesis.getVoices().length) continue;
    if (speechSynthesis.pending) speechSynthesis.cancel();
    speechSynthesis.speak(utterance);
  }
}

function showVoice() {
  $("voice").setAttribute("aria-pressed", voice);
  $("voice").textContent = voice ? "Voice on" : "Voice off";
}

// --- what the trainer does ----------------------------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-command]")) {
  button.addEventListener("click", () => {
    $("more").open = false;
    if (button.dataset.command === "stop") $("ask").showModal();
    else command(button.dataset.command);
  });
}
$("ask").addEventListener("close", () => { if ($("ask").returnValue === "yes") command("stop"); });
$("faster").addEventListener("click", () => command("lite"));
$("voice").addEventListener("click", () => {
  voice = !voice;
  sessionStorage.setItem("voice", voice ? "yes" : "no");
  if (!voice) window.speechSynthesis?.cancel();
  showVoice();
});
$("film").addEventListener("click", film);
$("phone").addEventListener("click", async () => {
  $("more").open = false;
  const told = await ask(`${setup.page}/phone`, { method: "POST" }).catch((error) => ({ picture: "", url: "", trust: "", problem: error.message }));
  $("code-picture").innerHTML = told.picture;
  $("code-url").textContent = told.url;
  $("code-trust").hidden = !told.trust;
  $("code-trust").querySelector("span").textContent = told.trust;
  $("code-problem").textContent = told.problem ?? "";
  $("code").showModal();
});
$("turn").addEventListener("click", () => {
  facing = facing === "user" ? "environment" : "user";
  sessionStorage.setItem("facing", facing);
  openCamera();
});
document.addEventListener("keydown", (event) => {
  if (event.target.closest("button, a, input, dialog") || event.key !== " ") return;
  event.preventDefault();
  command(stats.state?.paused ? "resume" : "pause");
});
document.addEventListener("click", (event) => { if (!event.target.closest("#more")) $("more").open = false; });
addEventListener("pagehide", () => { over = true; socket?.close(1000); });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.addEventListener("visibilitychange", keepAwake);

async function keepAwake() {
  if (document.visibilityState === "visible" && !over) await navigator.wakeLock?.request("screen").catch(() => {});
}

setInterval(() => { if (!over && socket?.readyState === WebSocket.OPEN) socket.send("{}"); }, KEEPALIVE_MS);
showVoice();
showRole();
show(setup.state);
connect();
if (!watching) await openCamera();
keepAwake();
