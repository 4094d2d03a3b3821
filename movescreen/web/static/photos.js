// Pictures of one's own are sent when they are chosen, and kept with the word.
import { telling } from "./meant.js";

for (const box of document.querySelectorAll(".own-photos[data-most]")) {
  const problem = box.querySelector(".problem"), input = box.querySelector("input");
  input.addEventListener("change", async () => {
    problem.hidden = true;
    input.disabled = true;
    for (const file of input.files) {
      if (box.querySelectorAll("img").length >= Number(box.dataset.most)) break;
      const answer = await fetch("/api/uploads/pictures", { method: "PUT", body: file }).catch(() => null);
      const told = await answer?.json().catch(() => null);
      if (!answer?.ok) {
        problem.textContent = telling(told?.error ?? { message: "the server does not answer" });
        problem.hidden = false;
        break;
      }
      box.append(
        Object.assign(document.createElement("img"), { src: told.picture, alt: file.name }),
        Object.assign(document.createElement("input"), { type: "hidden", name: "photo", value: told.id }),
      );
    }
    input.value = "";
    input.disabled = false;
  });
}
