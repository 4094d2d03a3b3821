// The device's own voices to choose from, and the logo, which is sent before the rest is kept.
import { ask, complain } from "./meant.js";

const voices = document.getElementById("voices"), form = voices.form, problem = form.querySelector(".problem"), logo = document.getElementById("logo");
const own = () => (window.speechSynthesis?.getVoices() ?? []).filter((voice) => voice.localService);

function list() {
  const known = new Set([...voices.options].map((option) => option.value));
  for (const voice of own()) if (!known.has(voice.name)) voices.append(new Option(`${voice.name} (${voice.lang})`, voice.name));
}
list();
window.speechSynthesis?.addEventListener?.("voiceschanged", list);

document.getElementById("try").addEventListener("click", () => {
  const voice = own().find((each) => each.name === voices.value) ?? own().find((each) => each.lang.startsWith("en"));
  if (!voice) {
    document.getElementById("heard").textContent = "This device has no voice of its own that the browser could use.";
    return;
  }
  const utterance = new SpeechSynthesisUtterance("Turn sideways to the camera. Three, two, one.");
  Object.assign(utterance, { voice, lang: voice.lang, rate: Number(document.getElementById("speed").value) });
  speechSynthesis.cancel();
  speechSynthesis.speak(utterance);
});

form.addEventListener("submit", async (event) => {
  if (!logo.files[0]) return;
  event.preventDefault();
  try {
    await ask("/api/uploads/logo", { method: "PUT", body: logo.files[0] });
    logo.value = "";
    form.submit();
  } catch (error) {
    complain(problem, error.message);
  }
});
