/* Behaviour by data- attributes; every page works without it. No dependencies, no inline code, CSP and Trusted Types safe.

   data-copy="#id"          a hidden button: copies that element's text or value, and says so
   data-web-share           a hidden button: shown where the device can share; data-share-text, -url, -file (address), -name;
                            data-share-done="#form" sends that form when the person has shared
   data-count="500"         counts what is typed (data-count-links="23": each link costs so much) into data-count-in="#id",
                            which gets data-state near (from 90 %) or over; data-count-left="%s left" / data-count-over="%s too many"
   data-preview-url="/…"    on a form: 300 ms after the last change the form is POSTed there, and the HTML that comes back
                            replaces the inside of data-preview-target="#id" (files are not sent)
   data-draft="key"         on a field: kept in this browser while typed, restored on an untouched field, forgotten when its form
                            is sent and the next page is not the same one; data-draft-note="#id" gets data-draft-saved's words
   data-once                on a form: a second submit is ignored; the button says data-busy-label
   data-submit-on="change"  on a form: sent when a field changes
   data-poll="/url"         fetched every 2 s into itself until the HTML that came contains data-done; slower after a minute
   data-search="#id"        on a GET form: typing fetches its page and replaces #id from it; the address follows
   data-keys                on a form: Ctrl/Cmd+Enter sends it
   data-tabs                children with data-tab="Name" become tabs on a narrow screen (names from data-tab)
   data-chart               see macros/charts.html
   data-menu                a <details> that closes on Escape and on a press outside
   data-focus               takes the focus when the page opens
   <time datetime>          without a title gets the exact moment in the reader's own zone */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => selector ? root.querySelector(selector) : null;
  const later = (work, wait) => { let timer; return (...values) => { clearTimeout(timer); timer = setTimeout(() => work(...values), wait); }; };
  const trust = window.trustedTypes ? trustedTypes.createPolicy("advocacy", {
    createHTML: html => html,                          // only ever given what our own server answered, see fetched()
    createScriptURL: url => { if (new URL(url, location.href).origin === location.origin) return url; throw new TypeError("foreign script"); },
  }) : { createHTML: html => html, createScriptURL: url => url };

  const say = words => { const spoken = one("#spoken"); if (spoken) { spoken.textContent = ""; setTimeout(() => { spoken.textContent = words; }, 50); } };

  // One door for HTML from the server: same origin, parsed apart (scripts in it never run), then moved in.
  const fetched = async (url, options = {}) => {
    const address = new URL(url, location.href);
    if (address.origin !== location.origin) throw new TypeError("foreign address");
    const answer = await fetch(address, { credentials: "same-origin", redirect: "follow", ...options, headers: { "X-Requested-With": "fetch", ...options.headers } });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    return new DOMParser().parseFromString(trust.createHTML(await answer.text()), "text/html");
  };
  const replaceInside = (target, page) => {
    all("script", page).forEach(script => script.remove());
    target.replaceChildren(...[...page.body.childNodes].map(node => document.importNode(node, true)));
    wake(target);
  };

  const copy = button => (button.hidden = false, button.addEventListener("click", async () => {
    const source = one(button.dataset.copy);
    const words = source ? (source.value ?? source.innerText ?? source.textContent).trim() : button.dataset.copyText || "";
    try { await navigator.clipboard.writeText(words); }
    catch { if (!source || !copiedOldWay(source)) return; }
    const done = button.dataset.copied || button.textContent;
    const label = one("[data-label]", button) || button.lastChild;
    const before = label.textContent;
    if (before !== done) { label.textContent = done; setTimeout(() => { label.textContent = before; }, 2000); }
    say(done);
  }));
  const copiedOldWay = source => {
    const range = document.createRange();
    if (source.select) source.select();
    else { range.selectNodeContents(source); getSelection().removeAllRanges(); getSelection().addRange(range); }
    return document.execCommand("copy");
  };

  const webShare = button => {
    if (!navigator.share) return;
    button.hidden = false;
    const { shareText: text, shareUrl: url, shareFile: address, shareName: name, shareDone: done } = button.dataset;
    let file;                                            // fetched beforehand: sharing must follow the press at once
    if (address) fetch(address).then(answer => answer.blob()).then(blob => { file = new File([blob], name || "picture", { type: blob.type }); }).catch(() => {});
    button.addEventListener("click", async () => {
      const what = {};
      if (text) what.text = text;
      if (url) what.url = url;
      if (file && navigator.canShare?.({ ...what, files: [file] })) what.files = [file];
      try { await navigator.share(what); one(done)?.requestSubmit(); } catch { /* the person closed the sheet */ }
    });
  };

  const length = (text, link) => [...(link ? text.replace(/https?:\/\/\S+/g, "x".repeat(link)) : text)].length;
  const count = field => {
    const limit = Number(field.dataset.count), place = one(field.dataset.countIn);
    if (!place || !limit) return;
    const show = () => {
      const used = length(field.value, Number(field.dataset.countLinks) || 0);
      const words = used > limit ? field.dataset.countOver : field.dataset.countLeft;
      place.textContent = words ? words.replace("%s", Math.abs(limit - used)) : `${used} / ${limit}`;
      place.dataset.state = used > limit ? "over" : used >= limit * 0.9 ? "near" : "";
    };
    field.addEventListener("input", show);
    show();
  };

  const preview = form => {
    const target = one(form.dataset.previewTarget);
    let newest = 0;
    const show = later(async () => {
      const mine = ++newest, body = new FormData(form);
      for (const [key, value] of [...body]) if (value instanceof File) body.delete(key);
      try { const page = await fetched(form.dataset.previewUrl, { method: "POST", body }); if (mine === newest) replaceInside(target, page); }
      catch { /* the last preview stays */ }
      finally { target.removeAttribute("aria-busy"); }
    }, 300);
    if (target) for (const event of ["input", "change"]) form.addEventListener(event, show);
  };

  const store = { read: key => { try { return localStorage.getItem(key); } catch { return null; } },
    write: (key, value) => { try { localStorage.setItem(key, value); return true; } catch { return false; } },
    drop: key => { try { localStorage.removeItem(key); } catch { /* no store, nothing to forget */ } } };
  const draft = field => {
    const key = "draft:" + field.dataset.draft, note = one(field.dataset.draftNote), kept = store.read(key);
    const tell = words => { if (note && words) note.textContent = words; };
    if (kept !== null && kept !== field.value && field.value === field.defaultValue && !field.hasAttribute("aria-invalid")) {
      field.value = kept;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      tell(field.dataset.draftRestored);
    }
    field.addEventListener("input", later(() => { if (store.write(key, field.value)) tell(field.dataset.draftSaved); }, 400));
    field.form?.addEventListener("submit", () => { store.write("sent:" + field.dataset.draft, location.pathname); });
  };
  // A sent draft is forgotten on the next page that no longer holds its field: a refused form shows it again.
  const forgetSent = () => {
    const here = new Set(all("[data-draft]").map(field => field.dataset.draft));
    let keys = [];
    try { keys = Object.keys(localStorage); } catch { return; }
    for (const key of keys) if (key.startsWith("sent:")) {
      const name = key.slice(5);
      if (!here.has(name) && !one("main[data-error]")) store.drop("draft:" + name);
      store.drop(key);
    }
  };

  const once = form => form.addEventListener("submit", event => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (button) { button.dataset.busy = ""; button.setAttribute("aria-disabled", "true"); if (form.dataset.busyLabel) say(form.dataset.busyLabel); }
  });
  addEventListener("pageshow", event => { if (event.persisted) all("form[data-sent]").forEach(form => {
    delete form.dataset.sent;
    all("[data-busy]", form).forEach(button => { delete button.dataset.busy; button.removeAttribute("aria-disabled"); });
  }); });

  const submitOn = form => form.addEventListener(form.dataset.submitOn || "change", () => form.requestSubmit());

  const poll = place => {
    let tries = 0, wait;
    const next = () => { wait = setTimeout(look, tries < 30 ? 2000 : 10000); };
    const look = async () => {
      if (!place.isConnected) return;
      tries += 1;
      if (document.hidden) return next();
      try {
        const page = await fetched(place.dataset.poll), before = place.innerHTML;
        const fresh = page.body.innerHTML;
        if (fresh.trim() !== before.trim()) { replaceInside(place, page); const news = one("[data-say]", place); if (news) say(news.textContent.trim()); }
        if (one("[data-done]", place)) return;
      } catch { /* offline for a moment: what stands there is the last known */ }
      next();
    };
    if (!one("[data-done]", place)) next();
    document.addEventListener("visibilitychange", () => { if (!document.hidden && place.isConnected && !one("[data-done]", place)) { clearTimeout(wait); look(); } });
  };

  const search = form => {
    let newest = 0;
    const look = later(async () => {
      const mine = ++newest, address = new URL(form.action, location.href);
      address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
      try {
        const fresh = one(form.dataset.search, await fetched(address)), target = one(form.dataset.search);
        if (mine !== newest || !fresh || !target) return;
        target.replaceChildren(...[...fresh.childNodes].map(node => document.importNode(node, true)));
        wake(target);
        history.replaceState(null, "", address);
      } catch { /* the button still works */ }
    }, 250);
    form.addEventListener("input", look);
  };

  const keys = form => form.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(one("[data-default]", form) || one(".btn-primary", form) || undefined); }
  });

  const tabs = place => {
    const panels = all(":scope > [data-tab]", place), narrow = matchMedia("(max-width: 991.98px)");
    if (panels.length < 2) return;
    const bar = document.createElement("div");
    bar.className = "tabs";
    bar.setAttribute("role", "tablist");
    const show = chosen => panels.forEach((panel, index) => {
      panel.hidden = narrow.matches && index !== chosen;
      bar.children[index].setAttribute("aria-selected", String(index === chosen));
      bar.children[index].tabIndex = index === chosen ? 0 : -1;
    });
    panels.forEach((panel, index) => {
      const tab = document.createElement("button");
      panel.id ||= `tab-${index}-${panel.dataset.tab.replace(/\W/g, "")}`;
      tab.type = "button";
      tab.textContent = panel.dataset.tab;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      tab.addEventListener("click", () => show(index));
      tab.addEventListener("keydown", event => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const to = (index + step * (document.dir === "rtl" ? -1 : 1) + panels.length) % panels.length;
        show(to);
        bar.children[to].focus();
      });
      bar.append(tab);
    });
    place.prepend(bar);
    narrow.addEventListener("change", () => show(0));
    // An invalid field in a hidden panel must be seen.
    place.addEventListener("invalid", event => { const at = panels.findIndex(panel => panel.contains(event.target)); if (at >= 0) show(at); }, true);
    show(0);
  };

  // Charts are drawn by charts.js, fetched (with chart.js) only by pages that hold one.
  const loaded = {};
  const script = source => loaded[source] ||= new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = trust.createScriptURL(source);
    element.onload = resolve;
    element.onerror = reject;
    document.head.append(element);
  });
  const chart = async canvas => {
    try { await script(canvas.dataset.chartLibrary); await script(canvas.dataset.chartSrc); advocacyChart(canvas); }
    catch { /* the figures stand beneath */ }
  };

  const menu = details => {
    addEventListener("keydown", event => { if (event.key === "Escape" && details.open) { details.open = false; one("summary", details).focus(); } });
    addEventListener("click", event => { if (details.open && !details.contains(event.target)) details.open = false; });
  };

  const BEHAVIOURS = [["[data-copy], [data-copy-text]", copy], ["[data-web-share]", webShare], ["[data-count]", count], ["form[data-preview-url]", preview],
    ["[data-draft]", draft], ["form[data-once]", once], ["form[data-submit-on]", submitOn], ["[data-poll]", poll], ["form[data-search]", search],
    ["form[data-keys]", keys], ["[data-tabs]", tabs], ["canvas[data-chart]", chart], ["details[data-menu]", menu], ["[data-focus]", element => element.focus()],
    [".side-groups [aria-current]", element => element.scrollIntoView({ block: "nearest" })], // the place we are at may be below its edge
    // The browser's own words for the moment, in the person's own zone, unless the server gave a title.
    ["time[datetime]:not([title])", time => { const at = new Date(time.dateTime); if (!isNaN(at)) time.title = at.toLocaleString(document.documentElement.lang || undefined, { dateStyle: "full", timeStyle: "short" }); }]];
  const woken = new WeakMap();
  function wake(root) {
    for (const [selector, behaviour] of BEHAVIOURS) for (const element of [...(root.matches?.(selector) ? [root] : []), ...all(selector, root)]) {
      const done = woken.get(element) || woken.set(element, new Set()).get(element);
      if (!done.has(behaviour)) { done.add(behaviour); behaviour(element); }
    }
  }
  forgetSent();
  wake(document);
})();
