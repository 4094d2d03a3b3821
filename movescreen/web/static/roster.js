// Sends a roster and opens the page on which it is looked at.
import { ask, complain, takeFiles } from "./meant.js";

const form = document.getElementById("roster"), drop = document.getElementById("drop"), problem = form.querySelector(".problem");

async function send(file) {
  if (!file) return;
  try {
    location.assign((await ask(`/api/uploads/rosters/${encodeURIComponent(file.name)}`, { method: "PUT", body: file })).page);
  } catch (error) {
    complain(problem, error.message);
  }
}

takeFiles(drop, document.getElementById("file"), (files) => send(files[0]));
