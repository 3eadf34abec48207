/* The kit's editor, after app.js has put back what this browser kept of an unsaved edition: says so, and offers what is
   saved instead. Without JavaScript nothing is kept, and nothing needs to be offered. */
(() => {
  "use strict";
  // How much room a caption has on its network; the server counts exactly when it is sent to review.
  const part = document.querySelector("[data-rooms]"), rooms = Object.entries(JSON.parse(part?.dataset.rooms || "{}"));
  for (const place of document.querySelectorAll("[data-room-of]")) {
    const field = document.getElementById(place.dataset.roomOf), network = document.getElementById(place.dataset.network);
    const show = () => {
      const used = [...field.value.trim()].length, one = rooms.find(([slug]) => slug === network.value)?.[1];
      const narrow = rooms.filter(([, [, room]]) => used > room).map(([, [name]]) => name);
      const over = one ? used > one[1] : narrow.length > 0;
      const words = one ? (over ? part.dataset.roomOver : part.dataset.roomLeft) : over ? part.dataset.roomSome : part.dataset.roomAll;
      place.textContent = words.replace("%s", one ? Math.abs(one[1] - used) : "").replace("%n", one ? one[0] : narrow.join(", "));
      place.dataset.state = over ? "over" : "";
      place.hidden = !used || !rooms.length;
    };
    for (const each of [field, network]) each.addEventListener("input", show);
    show();
  }
  const offer = document.getElementById("kept-offer");
  const fields = [...document.querySelectorAll("[data-draft]")];
  if (!offer) return;
  if (fields.some(field => field.value !== field.defaultValue)) offer.hidden = false;
  offer.querySelector("button").addEventListener("click", () => {
    for (const field of fields) try { localStorage.removeItem("draft:" + field.dataset.draft); } catch { /* no store */ }
    location.assign(location.pathname);
  });
})();
