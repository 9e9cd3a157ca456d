(() => {
  "use strict";
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

  const scrolling = () =>
    all(".eq, .table, .slide").forEach((node) => {
      if (node.scrollWidth > node.clientWidth) node.tabIndex = 0;
      else node.removeAttribute("tabindex");
    });
  document.fonts.ready.then(scrolling);
  addEventListener("resize", scrolling);

  const bar = document.querySelector("nav.walk");
  if (!bar) return;
  const facts = JSON.parse(bar.dataset.facts);
  const make = (tag, attributes, text = "") => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.textContent = text;
    bar.append(node);
    return node;
  };
  const button = (text, name, act) => {
    const node = make("button", { type: "button", "aria-label": name, title: name }, text);
    node.addEventListener("click", act);
    return node;
  };
  const named = (sign, name, act) => button(`${sign} ${name}`, name, act);
  bar.hidden = false;

  const answers = all("details.answer");
  if (facts.open) {
    named("＋", facts.open, () => answers.forEach((node) => (node.open = true)));
    named("－", facts.close, () => answers.forEach((node) => (node.open = false)));
  }
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = answers.filter((node) => !node.open);
    folded.forEach((node) => (node.open = true));
  });
  addEventListener("afterprint", () => folded.forEach((node) => (node.open = false)));

  const steps = facts.steps;
  if (!steps.length) return;
  const updates = all("section.update");
  const behind = (node, heads = 0) => {
    if (!node || (heads += node.tagName === "H2") > 1) return [];
    return [...(node.matches(".table") ? [node] : all(".table", node)), ...behind(node.nextElementSibling, heads)];
  };
  const tables = behind(updates.at(-1)?.nextElementSibling).map((node) => all("tbody tr", node));
  const panels = all("figure[data-figure] .panel").filter((panel) => panel.querySelector(".point"));
  const walkers = panels.map((panel) => {
    const circle = document.createElementNS(panel.namespaceURI, "circle");
    circle.setAttribute("class", "walker");
    circle.setAttribute("r", "6");
    panel.append(circle);
    return circle;
  });

  let here = 0;
  const back = button("◀", facts.back, () => go(here - 1));
  const slider = make("input", {
    type: "range", min: 0, max: steps.length - 1, step: 1, value: 0, "aria-label": facts.slider,
  });
  const on = button("▶", facts.forward, () => go(here + 1));
  const scroll = (node, block) => node?.scrollIntoView({
    block, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
  });
  make("span", { class: "steps" }).append(back, slider, on);
  const show = named("↧", facts.go, () => scroll(updates[here], "start"));
  const said = make("output", { "aria-live": "polite" });
  slider.addEventListener("input", () => go(Number(slider.value)));

  const move = (circle, point) => {
    circle.toggleAttribute("hidden", !point);
    if (!point) return;
    const box = point.getBBox();
    circle.setAttribute("cx", box.x + box.width / 2);
    circle.setAttribute("cy", box.y + box.height / 2);
  };
  const walk = (place) => {
    here = Math.min(Math.max(place, 0), steps.length - 1);
    slider.value = here;
    slider.setAttribute("aria-valuetext", facts.texts[here]);
    said.textContent = facts.texts[here];
    back.disabled = here === 0;
    on.disabled = here === steps.length - 1;
    show.disabled = !updates[here];
    for (const node of all("[data-step]")) {
      node.classList.toggle("lit", Number(node.dataset.step) === steps[here]);
    }
    updates.forEach((node, k) => node.classList.toggle("lit", k === here));
    tables.forEach((rows) => rows.forEach((node, k) => node.classList.toggle("lit", k === here)));
    panels.forEach((panel, k) => move(walkers[k], panel.querySelector(`.point[data-step="${steps[here]}"]`)));
  };
  const inSight = (node) => {
    const { top, bottom, height } = node.getBoundingClientRect();
    const screen = innerHeight - bar.offsetHeight;
    return height > 0 && Math.min(bottom, screen) - Math.max(top, 0) > 0.9 * Math.min(height, screen / 3);
  };
  const go = (place) => {
    walk(place);
    if (all(".update.lit, tr.lit, .point.lit").some(inSight)) return;
    scroll(updates[here] ?? document.querySelector("tr.lit"), updates[here] ? "start" : "center");
  };
  const keys = {
    ArrowLeft: () => here - 1, ArrowRight: () => here + 1, Home: () => 0, End: () => steps.length - 1,
  };
  document.addEventListener("keydown", (event) => {
    const free = event.target === document.body || bar.contains(event.target);
    if (!(event.key in keys) || !free || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (!bar.contains(event.target) && (event.key === "Home" || event.key === "End")) return;
    event.preventDefault();
    go(keys[event.key]());
  });
  walk(0);
})();
