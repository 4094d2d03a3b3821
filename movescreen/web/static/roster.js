// Sends a roster and opens the page on which it is looked at.
import { takeFiles, telling } from "./meant.js";

const form = document.getElementById("roster"), drop = document.getElementById("drop"), problem = form.querySelector(".problem");

async function send(file) {
  if (!file) return;
  problem.hidden = true;
  try {
    const answer = await fetch(`/api/uploads/rosters/${encodeURIComponent(file.name)}`, { method: "PUT", body: file });
    const told = await answer.json();
    if (!answer.ok) throw new Error(telling(told.error));
    location.assign(told.page);
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
}

takeFiles(drop, document.getElementById("file"), (files) => send(files[0]));
