// Lets the drawing of the body be touched, “none of these” be alone, and questions wait for the answer that brings them. Everything
// works without it.
for (const map of document.querySelectorAll(".body-map")) {
  const radios = [...map.querySelectorAll("input[type=radio]")], svg = map.querySelector("svg");
  const mark = () => {
    const chosen = radios.find((radio) => radio.checked)?.value;
    for (const spot of svg.querySelectorAll(".spot")) spot.classList.toggle("chosen", spot.dataset.place === chosen);
  };
  svg.classList.add("touchable");
  svg.addEventListener("click", (event) => {
    // the nearest spot: a finger is wider than any of them
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const far = (spot) => Math.hypot(spot.cx.baseVal.value - at.x, spot.cy.baseVal.value - at.y);
    const spot = [...svg.querySelectorAll(".spot")].sort((a, b) => far(a) - far(b))[0];
    if (far(spot) > 30) return;
    const radio = radios.find((r) => r.value === spot.dataset.place);
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  });
  map.addEventListener("change", mark);
  mark();
}
for (const none of document.querySelectorAll(".none input")) {
  const others = [...none.closest("fieldset").querySelectorAll("input")].filter((box) => box !== none);
  none.addEventListener("change", () => { if (none.checked) for (const box of others) box.checked = false; });
  for (const box of others) box.addEventListener("change", () => { if (box.checked) none.checked = false; });
}
for (const box of document.querySelectorAll("[data-when]")) {
  const scope = box.closest(".entry") ?? box.closest("form"), { when, is, weeks } = box.dataset;
  const source = scope.querySelector(`[data-question="${when}"]`);
  const day = weeks && new Date(Date.now() - weeks * 7 * 86400e3).toISOString().slice(0, 10);
  const check = () => {
    const answer = (source.querySelector("input:checked") ?? source.querySelector("input:not([type=radio])"))?.value.trim() ?? "";
    // a year or a month counts as the latest day that it can mean
    const due = weeks ? answer !== "" && answer >= day.slice(0, answer.length) : is.split(" ").includes(answer);
    box.hidden = source.hidden || !due;
  };
  scope.addEventListener("input", check);
  scope.addEventListener("change", check);
  check();
}
