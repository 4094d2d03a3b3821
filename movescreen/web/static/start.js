// Begins a session with what was chosen.
import { ask, askWhoIsMeant, complain } from "./meant.js";

const form = document.getElementById("start"), problem = form.querySelector(".problem"), button = form.querySelector("button");

// pictures are kept as the client agreed in the intake, unless somebody chooses otherwise
const agreed = new Set(JSON.parse(form.dataset.agreed)), pictures = form.elements.pictures;
let chosen_by_hand = false;
pictures.addEventListener("change", () => { chosen_by_hand = true; });
form.elements.client.addEventListener("input", (event) => {
  if (!chosen_by_hand) pictures.checked = agreed.has(event.target.value.trim());
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const chosen = new FormData(form);
  sessionStorage.setItem("voice", chosen.has("voice") ? "yes" : "no");
  button.disabled = true;
  try {
    const told = await ask("/api/live", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        client: chosen.get("client").trim(),
        protocol: chosen.get("protocol"),
        repetitions: Number(chosen.get("repetitions")),
        pictures: chosen.has("pictures"),
        model: chosen.get("model"),
        view: chosen.get("view"),
      }),
    });
    location.assign(told.page);
  } catch (error) {
    const again = (code) => { form.client.value = code; form.requestSubmit(); };
    if (!askWhoIsMeant(problem, error.told, again)) complain(problem, error.message);
    button.disabled = false;
  }
});
