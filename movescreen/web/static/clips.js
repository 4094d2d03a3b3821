// Sends clips one after another, shows how far each is, and asks for the report.
import { ask, askWhoIsMeant, complain, sentence, takeFiles, telling } from "./meant.js";

const form = document.getElementById("upload"), drop = document.getElementById("drop"), list = document.getElementById("clips");
const problem = form.querySelector(".problem"), button = form.querySelector(".button"), progress = document.getElementById("progress");
const change = document.getElementById("change"), rows = [], queue = [];
let upload = null, sending = false, finishing = false, held = false, timer = null;

const WORDS = { choosing: "who is to be analyzed?", queued: "waits to be sent", sending: "is sent", waiting: "waits", analysing: "is analyzed", done: "ready", failed: "not usable", refused: "refused" };

function addFiles(files) {
  complain(problem, "");
  for (const file of files) {
    const row = { file, name: file.name, state: "queued", share: 0, note: "", node: document.createElement("li") };
    const title = document.createElement("b"), state = document.createElement("span"), bar = document.createElement("progress"), note = document.createElement("p");
    title.textContent = file.name;
    state.className = "state";
    bar.max = 1;
    bar.setAttribute("aria-label", `Progress of ${file.name}`);
    note.className = "small";
    row.node.append(title, state, bar, note);
    Object.assign(row, { stateNode: state, bar, noteNode: note });
    list.append(row.node);
    rows.push(row);
    if (file.size > form.dataset.megabytes * 1e6) {
      refuse(row, `It has ${Math.round(file.size / 1e6)} MB; ${form.dataset.megabytes} MB are allowed. Cut out the movement, or record in a lower quality.`);
    } else if (form.several.checked) choosePerson(row);
    else queue.push(row);
    draw(row);
  }
  sendNext();
}

// Shows the first picture of a clip; it is sent once somebody in it was chosen, by a click or by one of the buttons.
function choosePerson(row) {
  const box = document.createElement("div"), picture = document.createElement("video"), buttons = document.createElement("p");
  const address = URL.createObjectURL(row.file);
  row.state = "choosing";
  box.className = "person";
  Object.assign(picture, { src: address, muted: true, preload: "auto", playsInline: true });
  picture.setAttribute("aria-label", `First picture of ${row.name}: click on the person to be analyzed`);
  const chosen = (person) => {
    row.person = person;
    row.state = "queued";
    URL.revokeObjectURL(address);
    box.remove();
    queue.push(row);
    draw(row);
    sendNext();
  };
  picture.addEventListener("click", (event) => {
    const shown = picture.getBoundingClientRect();
    chosen([(event.clientX - shown.left) / shown.width, (event.clientY - shown.top) / shown.height].map((share) => Math.min(1, Math.max(0, share)).toFixed(3)).join(","));
  });
  for (const place of ["left", "middle", "right"]) {
    const choice = document.createElement("button");
    Object.assign(choice, { type: "button", textContent: `The one ${place === "middle" ? "in the middle" : `on the ${place}`}` });
    choice.className = "quiet";
    choice.addEventListener("click", () => chosen(place));
    buttons.append(choice, " ");
  }
  box.append(picture, buttons);
  row.node.append(box);
}

function refuse(row, words) {
  Object.assign(row, { state: "refused", share: 1, note: words });
  draw(row);
}

function draw(row) {
  row.node.dataset.state = row.state;
  row.stateNode.textContent = WORDS[row.state];
  row.bar.value = row.share;
  row.bar.hidden = ["done", "failed", "refused"].includes(row.state);
  row.noteNode.textContent = row.note;
  row.noteNode.hidden = !row.note;
  const usable = rows.filter((r) => !["refused", "choosing", "queued", "sending"].includes(r.state));
  const waits = finishing || sending || queue.length > 0 || rows.some((r) => r.state === "choosing") || !usable.length;
  button.disabled = held ? sending || !queue.length : waits;
  button.textContent = finishing ? "Making the report …" : held ? "Send the clips" : "Make the report";
  change.disabled = sending || finishing;
  const spoken = rows.map((r) => `${r.name} ${WORDS[r.state]}`).join(", ");
  if (progress.textContent !== spoken) progress.textContent = spoken;
}

async function sendNext() {
  if (sending || held || !queue.length) return;
  sending = true;
  const row = queue.shift();
  try {
    const head = { "Content-Type": "application/json" };
    const formats = [...form.querySelectorAll("[name=formats]:checked")].map((box) => box.value);
    const body = JSON.stringify({ client: form.client.value.trim(), recorded: form.recorded.value, formats });
    upload ??= (await ask("/api/uploads", { method: "POST", headers: head, body })).id;
    freeze(true);
    row.state = "sending";
    draw(row);
    row.number = (await send(row)).number;
    watch();
  } catch (error) {
    const again = (code) => { form.client.value = code; release(); };
    if (!upload && askWhoIsMeant(problem, error.told, again)) {
      held = true;
      queue.unshift(row);
      row.state = "queued";
    } else refuse(row, error.message);
  } finally {
    sending = false;
    draw(row);
    sendNext();
  }
}

// Whose clips they are, and of which day, holds for all that are sent; to change it they are sent once more.
function freeze(on) {
  form.client.readOnly = form.recorded.readOnly = on;
  change.hidden = !on;
  for (const box of form.querySelectorAll("[name=formats]")) box.disabled = on;
}

change.addEventListener("click", async () => {
  const old = upload;
  held = true;
  upload = null;
  arrived = 0;
  clearInterval(timer);
  timer = null;
  freeze(false);
  queue.length = 0;
  for (const row of rows.filter((r) => !["refused", "choosing"].includes(r.state))) {
    Object.assign(row, { state: "queued", share: 0, note: "", number: undefined });
    queue.push(row);
    draw(row);
  }
  form.client.focus();
  await ask(`/api/uploads/${old}`, { method: "DELETE" }).catch(() => {});
});

function release() {
  held = false;
  complain(problem, "");
  sendNext();
}

let arrived = 0;

function send(row) {
  // fetch does not tell how much was sent
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/api/uploads/${upload}/clips/${encodeURIComponent(row.name)}${row.person ? `?person=${row.person}` : ""}`);
    request.responseType = "json";
    request.upload.onprogress = (event) => { row.share = (0.3 * event.loaded) / event.total; draw(row); };
    request.onload = () => {
      if (request.status === 201) {
        row.state = "waiting";
        resolve({ number: arrived++ });
      } else reject(new Error(telling(request.response?.error) || "It could not be sent."));
    };
    request.onerror = () => reject(new Error("The connection was lost. Add the clip again."));
    request.send(row.file);
  });
}

function watch() {
  timer ??= setInterval(update, 700);
}

async function update() {
  const asked = upload;
  let told;
  try {
    told = await ask(`/api/uploads/${asked}`);
  } catch (error) {
    if (asked === upload) complain(problem, error.message);
    return;
  }
  if (asked !== upload) return;
  complain(problem, "");
  for (const row of rows) {
    const clip = row.number === undefined ? null : told.clips[row.number];
    if (!clip) continue;
    row.state = clip.state;
    row.share = 0.3 + 0.7 * clip.progress;
    if (clip.error) row.note = telling(clip.error);
    else if (clip.state === "done") row.note = describe(clip);
    draw(row);
  }
  if (told.state === "done") location.assign(`/results/${encodeURIComponent(told.result)}`);
  if (told.state === "failed") {
    clearInterval(timer);
    complain(problem, telling(told.error) || "That did not work.");
    button.textContent = "Begin again";
    button.disabled = false;
    button.onclick = (event) => { event.preventDefault(); location.reload(); };
  }
}

function describe(clip) {
  if (clip.movement === "none") return "No movement was recognized.";
  const reps = clip.reps === 1 ? "1 repetition" : `${clip.reps} repetitions`;
  return `${sentence(clip.movement.replaceAll("_", " ")).slice(0, -1)}, seen from the ${clip.view}: ${reps}.`;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (held) return release();
  finishing = true;
  button.disabled = change.disabled = true;
  button.textContent = "Making the report …";
  try {
    await ask(`/api/uploads/${upload}/finish`, { method: "POST" });
    watch();
  } catch (error) {
    complain(problem, error.message);
    finishing = false;
    button.disabled = false;
  }
});
takeFiles(drop, document.getElementById("files"), addFiles);
