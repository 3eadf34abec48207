/* The kit's editor, after app.js has put back what this browser kept of an unsaved edition: says so, and offers what is
   saved instead. Without JavaScript nothing is kept, and nothing needs to be offered. */
(() => {
  "use strict";
  const offer = document.getElementById("kept-offer");
  const fields = [...document.querySelectorAll("[data-draft]")];
  if (!offer) return;
  if (fields.some(field => field.value !== field.defaultValue)) offer.hidden = false;
  offer.querySelector("button").addEventListener("click", () => {
    for (const field of fields) try { localStorage.removeItem("draft:" + field.dataset.draft); } catch { /* no store */ }
    location.assign(location.pathname);
  });
})();
