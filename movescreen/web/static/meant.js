// Asks whether a client was meant, where what was typed may be the name of one.

export function askWhoIsMeant(place, error, choose) {
  if (!error.candidates?.length) return false;
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
