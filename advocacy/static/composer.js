/* The composer, on top of app.js: a tab for each network's words, suggestions without a new page, better words and
   hashtags put in at a tap, wordings that follow the language, drafts kept on the server, and the count beside the
   words. Without JavaScript each of these is a field, a link or a button. */
(() => {
  "use strict";
  const form = document.getElementById("composer");
  if (!form) return;
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const box = form.querySelector(".words"), preview = document.getElementById("preview");
  const panels = Object.fromEntries(all(".words-panel").map(panel => [panel.dataset.network, panel]));
  const wordsOf = panel => panel.querySelector("textarea"), captionOf = panel => panel.querySelector("input[type=hidden]");
  const common = wordsOf(panels.any), several = all(".words-panel").filter(panel => panel !== panels.any);
  const changed = field => field.dispatchEvent(new Event("input", { bubbles: true }));
  let active = "any", sent = false;

  // Words for one network are those for all until something else is written there.
  const follow = (panel, yes) => {
    panel.toggleAttribute("data-following", yes);
    panel.querySelector("[data-follows]").hidden = !yes;
    panel.querySelector("[data-follow]").hidden = yes;
    if (yes) { wordsOf(panel).value = common.value; mark(panel, ""); }
  };
  const mark = (panel, code) => {
    captionOf(panel).value = code;
    for (const chip of all("a[data-caption]", panel)) {
      if (chip.dataset.caption === code) chip.setAttribute("aria-current", "true"); else chip.removeAttribute("aria-current");
    }
  };
  for (const panel of several) {
    const field = wordsOf(panel), code = captionOf(panel).value;
    follow(panel, !field.value.trim());
    if (code) mark(panel, code);
    field.addEventListener("input", () => { panel.dataset.own = "yes"; if (field.value !== common.value) follow(panel, false); });
    panel.querySelector("[data-follow]").addEventListener("click", () => { follow(panel, true); changed(common); wordsOf(panel).focus(); });
  }
  // Her own words come before a suggestion that she has not touched.
  common.addEventListener("input", event => {
    if (event.isTrusted) for (const panel of several) if (!panel.dataset.own && captionOf(panel).value) follow(panel, true);
    for (const panel of several) if (panel.hasAttribute("data-following")) wordsOf(panel).value = common.value;
  });

  // ARIA tabs: one for all networks, one for each that an account is ticked for; the preview follows.
  const tabs = {};
  const shown = () => Object.keys(tabs).filter(slug => !tabs[slug].hidden);
  const show = slug => {
    active = slug;
    for (const [name, tab] of Object.entries(tabs)) {
      tab.setAttribute("aria-selected", String(name === slug));
      tab.tabIndex = name === slug ? 0 : -1;
      panels[name].hidden = name !== slug;
    }
    look();
  };
  const look = () => { for (const part of all(".preview-of", preview)) part.hidden = active !== "any" && part.dataset.network !== active; };
  const arrow = event => {
    const names = shown(), here = names.indexOf(active), step = document.dir === "rtl" ? -1 : 1;
    const to = { ArrowRight: here + step, ArrowLeft: here - step, Home: 0, End: names.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const name = names[(to + names.length) % names.length];
    show(name);
    tabs[name].focus();
  };
  const ticked = () => {
    const boxes = all("input[name=accounts]");
    const chosen = new Set(boxes.filter(one => one.checked).map(one => one.dataset.network));
    for (const panel of several) tabs[panel.dataset.network].hidden = !chosen.has(panel.dataset.network);
    if (tabs[active].hidden) show("any");
  };
  if (box.hasAttribute("data-networks") && several.length) {
    const bar = document.createElement("div");
    bar.className = "network-tabs";
    bar.setAttribute("role", "tablist");
    bar.setAttribute("aria-label", box.dataset.networks);
    for (const [slug, panel] of Object.entries(panels)) {
      const tab = document.createElement("button"), state = document.createElement("span");
      tab.type = "button";
      tab.id = `tab-${slug}`;
      tab.textContent = panel.dataset.tabLabel;
      state.id = `tab-state-${slug}`;
      tab.append(state);
      tab.setAttribute("role", "tab");
      panel.id = `panel-${slug}`;
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      panel.querySelector("legend").classList.add("visually-hidden");
      tab.addEventListener("click", () => show(slug));
      tab.addEventListener("keydown", arrow);
      tabs[slug] = tab;
      bar.append(tab);
    }
    box.prepend(bar);
    form.addEventListener("change", event => { if (event.target.name === "accounts") ticked(); });
    const wrong = all("[aria-invalid]", box)[0];
    show(wrong ? wrong.closest(".words-panel").dataset.network : "any");
    ticked();
  }

  // The counts and what is to be put right come with every preview, by each network's own rule.
  const refused = all(".words [id$='words-error'], .words [id$='-error']");
  const place = first => {
    if (first !== true) for (const error of refused.splice(0)) {
      const field = error.closest(".field").querySelector("textarea");
      error.remove();
      field.removeAttribute("aria-invalid");
      field.classList.remove("is-invalid");
    }
    for (const part of preview.querySelectorAll("template[data-for]")) {
      const target = document.querySelector(part.dataset.for);
      if (!target) continue;
      const fresh = part.content.cloneNode(true), state = fresh.querySelector("[data-state]");
      if (refused.some(error => error.closest(".field").contains(target) && target.matches(".remarks")))
        for (const said of fresh.querySelectorAll(".field-error")) said.remove();   // the page says it already
      if (state) target.dataset.state = state.dataset.state;
      for (const button of fresh.querySelectorAll("button")) button.type = "button";
      if (target.innerHTML !== "" || fresh.childNodes.length) if (target.textContent.trim() !== fresh.textContent.trim()) target.replaceChildren(fresh);
    }
    look();
  };
  new MutationObserver(place).observe(preview, { childList: true });
  place(true);

  const language = form.querySelector("select[name=language]"), tags = all("[data-language]");
  const speak = () => {
    if (!language) return;
    for (const part of tags) part.hidden = part.dataset.language !== language.value;
    const wordings = form.querySelector(`div[data-language="${CSS.escape(language.value)}"]`);
    const own = [...wordings.querySelectorAll("input")];
    if (own.length && !own.some(one => one.checked)) own[0].checked = true;
    wordings.querySelector(".wording-language")?.remove();
  };
  language?.addEventListener("change", speak);
  speak();

  const pictures = () => { for (const part of all("[data-alt]")) part.closest(".field").hidden = !form.querySelector(`input[name=pictures][value="${CSS.escape(part.dataset.alt)}"]`)?.checked; };
  form.addEventListener("change", event => { if (event.target.name === "pictures") pictures(); });
  pictures();

  // One tap: a suggestion, better words, a hashtag.
  const suggested = text => all("a[data-words]").some(chip => chip.dataset.words === text);
  const write = (panel, text, code) => {
    const field = wordsOf(panel);
    field.value = text;
    if (panel !== panels.any) follow(panel, false);
    mark(panel, code);
    changed(field);
    field.focus();
  };
  const undo = (panel, text, code) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet btn-sm";
    button.textContent = box.dataset.undo;
    button.addEventListener("click", () => { button.remove(); write(panel, text, code); });
    panel.querySelector("[data-note]").replaceChildren(button);
  };
  for (const chip of all("button[data-tag]")) chip.type = "button";
  form.addEventListener("click", event => {
    const chip = event.target.closest("a[data-caption], button[data-mend], button[data-tag]");
    if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const panel = panels[chip.dataset.panel] || panels.any, before = wordsOf(panel).value, code = captionOf(panel).value;
    if (chip.dataset.caption) {
      write(panel, chip.dataset.words, chip.dataset.caption);
      if (before.trim() && before !== chip.dataset.words && !suggested(before)) undo(panel, before, code);
    } else if (chip.dataset.tag) {
      if (!before.split(/\s+/).includes(chip.dataset.tag)) write(panel, `${before.trimEnd()} ${chip.dataset.tag}`.trimStart(), code);
    } else {
      const at = before.indexOf(chip.dataset.mend), end = at + chip.dataset.mend.length;
      if (at < 0) return;
      const rest = before.slice(end), better = chip.dataset.better;
      write(panel, better ? before.slice(0, at) + better + rest : `${before.slice(0, at).trimEnd()} ${rest.trimStart()}`.trim(), code);
    }
  });

  let wait;
  const keep = async () => {
    const body = new FormData(form), note = (panels[active] || panels.any).querySelector("[data-note]");
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: "POST", body, credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && !sent && !note.querySelector("button")) note.textContent = (await answer.json()).kept;
    } catch { /* the words stand in the field; the next pause tries again */ }
  };
  form.addEventListener("input", event => {
    if (event.target.tagName !== "TEXTAREA") return;
    clearTimeout(wait);
    wait = setTimeout(keep, 1200);
  });
  form.addEventListener("submit", () => { sent = true; clearTimeout(wait); });
})();
