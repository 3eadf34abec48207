/* The composer, on top of app.js: suggestions without a new page, wordings that follow the language, drafts kept on
   the server, and the count beside the words. Without JavaScript each of these is a link or a button. */
(() => {
  "use strict";
  const form = document.getElementById("composer");
  if (!form) return;
  const words = form.elements.words, caption = form.elements.caption, note = document.getElementById("draft-note");
  const preview = document.getElementById("preview");
  const tags = [...form.querySelectorAll("[data-language]")];
  const changed = field => field.dispatchEvent(new Event("input", { bubbles: true }));

  // The count and the problems come with every preview, by the network's own rule.
  const refused = document.getElementById("words-error");
  const place = first => {
    if (refused && first !== true) { refused.remove(); words.removeAttribute("aria-invalid"); words.classList.remove("is-invalid"); }
    for (const part of preview.querySelectorAll("template[data-for]")) {
      const target = document.querySelector(part.dataset.for);
      if (target.id === "problems" && refused?.isConnected) continue;        // the page says it already
      const fresh = part.content.cloneNode(true), state = fresh.querySelector("[data-state]");
      if (state) target.dataset.state = state.dataset.state;
      if (target.textContent.trim() !== fresh.textContent.trim()) target.replaceChildren(fresh);
    }
  };
  new MutationObserver(place).observe(preview, { childList: true });
  place(true);

  const language = form.querySelector("select[name=language]");
  const follow = () => {
    if (!language) return;
    for (const part of tags) part.hidden = part.dataset.language !== language.value;
    const shown = form.querySelector(`div[data-language="${CSS.escape(language.value)}"]`);
    const own = [...shown.querySelectorAll("input")];
    if (own.length && !own.some(one => one.checked)) own[0].checked = true;
    shown.querySelector(".wording-language")?.remove();
  };
  language?.addEventListener("change", follow);
  follow();

  let before = null;
  for (const chip of form.querySelectorAll("a[data-caption]")) chip.addEventListener("click", event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    before = [words.value, caption.value];
    take(chip.dataset.words, chip.dataset.caption);
    if (before[0].trim() && before[0] !== words.value && !suggested(before[0])) undo();
    words.focus();
  });
  const suggested = text => [...form.querySelectorAll("a[data-words]")].some(chip => chip.dataset.words === text);
  const take = (text, code) => {
    words.value = text;
    caption.value = code;
    for (const chip of form.querySelectorAll("a[data-caption]")) chip.toggleAttribute("aria-current", chip.dataset.caption === code);
    for (const chip of form.querySelectorAll("a[aria-current]")) chip.setAttribute("aria-current", "true");
    changed(words);
  };
  const undo = () => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet btn-sm";
    button.textContent = note.dataset.undo;
    button.addEventListener("click", () => { take(...before); button.remove(); words.focus(); });
    note.replaceChildren(button);
  };

  let wait, sent = false;
  const keep = async () => {
    const body = new FormData(form);
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
