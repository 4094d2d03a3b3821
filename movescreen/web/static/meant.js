// What several pages do alike: ask the server, tell what went wrong, take files that are dropped, ask whether a client was meant.

export const sentence = (words) => (words ? `${words[0].toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}` : "");

export const telling = (error) => [error?.message, error?.hint].filter(Boolean).map(sentence).join(" ");

export function complain(place, words) {
  place.textContent = words;
  place.hidden = !words;
}

export async function ask(address, options) {
  const answer = await fetch(address, options).catch(() => null);
  const told = answer?.status === 204 ? {} : await answer?.json().catch(() => null);
  if (answer?.ok) return told;
  const error = told?.error ?? { message: "the server does not answer" };
  throw Object.assign(new Error(telling(error)), { told: error });
}

export function takeFiles(drop, input, take) {
  const chosen = () => { take(input.files); input.value = ""; };
  input.addEventListener("change", chosen);
  if (input.files.length) chosen(); // on a slow machine somebody is faster than the page
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); take(event.dataTransfer.files); });
}

export function askWhoIsMeant(place, error, choose) {
  if (!error?.candidates?.length) return false;
  const buttons = error.candidates.map(([code, label]) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: label, className: "quiet" });
    button.addEventListener("click", () => { place.hidden = true; choose(code); });
    return button;
  });
  const others = document.createElement("span");
  others.className = "soft small";
  others.textContent = "For somebody else, type a name that tells them apart.";
  place.replaceChildren("Did you mean ", ...buttons.flatMap((b, i) => (i ? [" or ", b] : [b])), "? ", others);
  place.hidden = false;
  buttons[0].focus();
  return true;
}
