// Lets the drawing of the body be touched, and “none of these” be alone. Everything works without it.
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
