// Sends a roster and opens the page on which it is looked at.
const form = document.getElementById("roster"), drop = document.getElementById("drop"), problem = form.querySelector(".problem");
const sentence = (words) => `${words[0].toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}`;

async function send(file) {
  if (!file) return;
  problem.hidden = true;
  try {
    const answer = await fetch(`/api/uploads/rosters/${encodeURIComponent(file.name)}`, { method: "PUT", body: file });
    const told = await answer.json();
    if (!answer.ok) throw new Error([told.error.message, told.error.hint].filter(Boolean).map(sentence).join(" "));
    location.assign(told.page);
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
}

document.getElementById("file").addEventListener("change", (event) => { send(event.target.files[0]); event.target.value = ""; });
for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => { event.preventDefault(); send(event.dataTransfer.files[0]); });
