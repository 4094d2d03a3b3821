// Pictures of one's own are sent when they are chosen, and kept with the word.
import { ask, complain } from "./meant.js";

for (const box of document.querySelectorAll(".own-photos[data-most]")) {
  const problem = box.querySelector(".problem"), input = box.querySelector("input");
  input.addEventListener("change", async () => {
    complain(problem, "");
    input.disabled = true;
    try {
      for (const file of [...input.files].slice(0, box.dataset.most - box.querySelectorAll("img").length)) {
        const told = await ask("/api/uploads/pictures", { method: "PUT", body: file });
        box.append(
          Object.assign(document.createElement("img"), { src: told.picture, alt: file.name }),
          Object.assign(document.createElement("input"), { type: "hidden", name: "photo", value: told.id }),
        );
      }
    } catch (error) {
      complain(problem, error.message);
    }
    input.value = "";
    input.disabled = false;
  });
}
