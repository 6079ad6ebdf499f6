// The writing page. At each pause it sends what the form holds, with what each
// field held when the server spoke last; the server merges that with what
// others typed, keeps it, and answers with the page as it is now. Fields that
// nobody is typing in take the new words over. Until the server has it, what
// was typed lies in this browser too.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const form = $("write");
  if (!form) return;
  form.querySelectorAll("[data-max]").forEach(counter);
  if (!form.dataset.live || form.dataset.stale) return;

  const pause = 600, patience = 20000, beat = 10000, unattended = 15 * 60000, month = 30 * 24 * 3600000;
  const said = $("saved");
  const shelf = "desk:" + form.dataset.live + ":" + form.elements.me.value + ":";
  const key = shelf + Math.random().toString(36).slice(2);

  const was = new Map(); // what the server told last, by field
  const waiting = new Map(); // values that were sent and never answered, by field
  const disputed = new Set(); // fields that others changed as well, not decided yet
  let timer = 0, failures = 0, since = 0, last = Date.now();
  let line = Promise.resolve(), queued = false;
  let leaving = false, stopped = false, calm = true, whole = Boolean($("problems"));
  let marked = whole && Boolean(document.querySelector(".finding.block")); // what the problems speak of

  const fields = () => [...form.elements].filter((el) => el.name && !["hidden", "submit", "button"].includes(el.type));
  const changed = () => fields().filter((el) => el.value !== was.get(el.name));
  const pending = () => changed().some((el) => !disputed.has(el.name));
  const held = () => "held" in form.dataset;

  fields().forEach((el) => was.set(el.name, el.value));
  offer();
  send();
  setInterval(() => { if (document.visibilityState === "visible" && !queued && !failures && Date.now() - last < unattended) send(); }, beat);

  form.addEventListener("input", (e) => {
    last = Date.now();
    const note = e.target.closest(".field, .claim")?.querySelector(".merged");
    if (note) note.remove();
    mirror();
    clearTimeout(timer);
    if (!since) since = last;
    timer = setTimeout(send, last - since > 5000 ? 0 : pause);
  });
  ["pointerdown", "keydown"].forEach((what) => addEventListener(what, () => { last = Date.now(); }, { passive: true }));
  addEventListener("online", () => send());
  addEventListener("focus", () => { if (failures) send(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible" || pending()) send({ keepalive: document.visibilityState === "hidden" }); });
  addEventListener("beforeunload", (e) => { if (!leaving && changed().length > 0) e.preventDefault(); });

  form.addEventListener("submit", async (e) => {
    if (leaving || stopped) return;
    const button = e.submitter;
    const todo = button && ["replace", "answer"].includes(button.name) ? button.name : (button && button.value) || "save";
    if (held() && ["change", "submit", "answer", "rebase"].includes(todo)) { leaving = true; return; }
    e.preventDefault();
    if (todo === "replace") {
      const input = button.closest(".field")?.querySelector("textarea, input, select");
      await send({ replace: button.value });
      if (input && !input.contains(document.activeElement) && (document.activeElement === document.body || !button.isConnected)) input.focus({ preventScroll: true });
      return;
    }
    if (todo === "preview") {
      whole = true;
      if (await send()) $("preview").scrollIntoView({ block: "nearest" });
      return;
    }
    const kept = await send({ do: "settle" });
    if (kept === "ended" || (kept && disputed.size === 0 && ["submit", "answer", "rebase"].includes(todo))) {
      leaving = true;
      form.requestSubmit(button);
      return;
    }
    if (kept && disputed.size === 0) tell(said.textContent);
    const stuck = document.querySelector("[data-take]") || (!kept && form.querySelector('[aria-invalid="true"]'));
    if (stuck) stuck.focus();
  });

  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-take], [data-mine]");
    if (!button) return;
    const name = button.dataset.take || button.dataset.mine, el = form.elements[name];
    if (button.dataset.take) put(el, was.get(name));
    disputed.delete(name);
    button.closest(".theirs").remove();
    el.focus({ preventScroll: true });
    mirror();
    send();
  });

  // Requests go out one after the other, each with the form as it is then.
  function send(ask) {
    clearTimeout(timer);
    since = 0;
    const plain = !ask || typeof ask !== "object";
    if (plain && queued) return line;
    if (plain) queued = true;
    line = line.then(() => { if (plain) queued = false; return request(plain ? {} : ask); });
    return line;
  }

  async function request(ask) {
    if (stopped || leaving) return false;
    const sent = new Map(), body = new URLSearchParams();
    form.querySelectorAll('input[type="hidden"]').forEach((el) => body.append(el.name, el.value));
    fields().forEach((el) => {
      const told = was.get(el.name), value = disputed.has(el.name) ? told : el.value;
      sent.set(el.name, value);
      body.append(el.name, value);
      body.append("was." + el.name, told);
      if (value !== told) waiting.set(el.name, (waiting.get(el.name) || new Set()).add(value));
    });
    disputed.forEach((name) => body.append("disputed", name));
    const here = document.activeElement;
    if (here && here.form === form && was.has(here.name)) body.append("field", here.name);
    if (ask.do) body.append("do", ask.do);
    if (ask.replace) body.append("replace", ask.replace);
    if (whole) body.append("whole", "1");
    if (pending() && calm && !held()) said.textContent = said.dataset.saving;

    const stop = new AbortController(), limit = setTimeout(() => stop.abort(), patience);
    let response, page;
    try {
      response = await fetch(form.dataset.live, { method: "POST", body, signal: stop.signal, keepalive: Boolean(ask.keepalive) && String(body).length < 60000 });
      page = new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      return later(said.dataset.kept);
    } finally {
      clearTimeout(limit);
    }
    if (leaving) return false;
    if (response.ok && page.getElementById("write")) return answered(page, sent, ask);
    switch (response.status) {
      case 401:
        later($("ended").querySelector("p").textContent);
        $("ended").hidden = false;
        return "ended";
      case 409:
        stopped = true;
        $("stopped").replaceWith(document.adoptNode(page.getElementById("stopped")));
        trouble(said.dataset.stopped + " " + $("stopped").textContent);
        said.textContent = said.dataset.stopped;
        return false;
      case 422:
        failures = 0;
        adopt(page);
        trouble(said.dataset.wrong);
        return false;
    }
    const why = page.querySelector("#problems li, .problems li");
    return later(said.dataset.again + (why ? " " + why.textContent : ""));
  }

  // A connection that fails is tried again, ever more slowly.
  function later(text) {
    failures++;
    trouble(text);
    clearTimeout(timer);
    timer = setTimeout(send, Math.min(30000, 1000 * 2 ** Math.min(failures, 5)));
    return false;
  }

  function trouble(text) {
    said.textContent = text;
    said.classList.add("late");
    if (calm) tell(text);
    calm = false;
  }

  function tell(text) { $("told").textContent = text; }

  function answered(page, sent, ask) {
    const there = page.getElementById("write");
    failures = 0;
    $("ended").hidden = true;
    if ("held" in there.dataset) form.dataset.held = "true"; else delete form.dataset.held;
    if (!held()) form.elements.base.value = page.querySelector('#write [name="base"]').value;
    let again = false, merged = false;
    fields().forEach((el) => {
      const other = page.getElementById(el.id);
      if (!other) return;
      const now = other.value, mine = sent.get(el.name);
      const block = page.querySelector('[data-take="' + CSS.escape(el.name) + '"]');
      if (held()) { // nothing was saved; a word may have been replaced
        if (now !== mine && el.value === mine) put(el, now);
      } else if (block && waiting.get(el.name)?.has(now)) {
        // Our own words, saved by a request whose answer was lost.
        block.closest(".theirs").remove();
        was.set(el.name, now);
        again = true;
      } else if (block) {
        was.set(el.name, now);
        disputed.add(el.name);
      } else if (now === mine) {
        was.set(el.name, now);
        waiting.delete(el.name);
      } else if (el.value === mine) {
        put(el, now);
        was.set(el.name, now);
        waiting.delete(el.name);
        if (!ask.replace) { note(el, there.dataset.by); merged = true; }
      } // else both changed it just now, and the next answer says so
    });
    const company = $("here").textContent;
    adopt(page);
    swap(page);
    mirror();
    if (marked && !document.querySelector(".finding.block") && !$("problems").contains(document.activeElement)) {
      $("problems").remove();
      marked = false;
    }
    const text = disputed.size > 0 ? said.dataset.choose : page.getElementById("saved").textContent;
    if (disputed.size > 0 || held()) {
      if (said.textContent !== text) tell(text);
      said.textContent = text;
      said.classList.toggle("late", disputed.size > 0);
      calm = false;
    } else {
      said.textContent = text;
      said.classList.remove("late");
      if (!calm) tell(text);
      calm = true;
    }
    if (merged && there.dataset.by) tell(there.dataset.by);
    else if ($("here").textContent !== company && $("here").textContent) tell($("here").textContent);
    if (again) send();
    return true;
  }

  // adopt takes over everything that the answer says around the fields.
  function adopt(page) {
    const chosen = [...document.querySelectorAll("#preview :checked")].map((el) => el.className);
    const focus = document.activeElement;
    document.querySelectorAll('#here, #preview, #verdict, #act, [id^="w-"], [id^="p-"], [id^="t-"], [id^="e-"]').forEach((here) => {
      const there = page.getElementById(here.id);
      if (!there || here.innerHTML === there.innerHTML) return;
      const inside = here.contains(focus);
      here.replaceChildren(...there.childNodes);
      if (!inside) return;
      const same = [...here.querySelectorAll("button, input, a")].find((el) => el.name === focus.name && el.value === focus.value) || here.closest(".field")?.querySelector("textarea, input, select");
      if (same) same.focus({ preventScroll: true });
    });
    fields().forEach((input) => {
      const there = page.getElementById(input.id);
      if (!there) return;
      input.closest(".field")?.classList.toggle("wrong", Boolean(there.closest(".wrong")));
      for (const name of ["aria-invalid", "aria-describedby"]) {
        if (there.hasAttribute(name)) input.setAttribute(name, there.getAttribute(name)); else input.removeAttribute(name);
      }
    });
    chosen.forEach((name) => { const el = document.querySelector("#preview input." + name); if (el) el.checked = true; });
  }

  // swap brings the fields of another template, when nobody types in the old ones.
  function swap(page) {
    for (const id of ["slots", "times"]) {
      const here = $(id), there = page.getElementById(id);
      const names = (box) => [...box.querySelectorAll("textarea, input, select")].map((el) => el.name).join(" ");
      if (!here || !there || names(here) === names(there) || here.contains(document.activeElement) || changed().length > 0) continue;
      here.replaceChildren(...there.childNodes);
      here.querySelectorAll("[data-max]").forEach(counter);
      fields().forEach((el) => { if (!was.has(el.name) || here.contains(el)) was.set(el.name, el.value); });
    }
  }

  function put(el, value) {
    const at = el === document.activeElement && el.selectionStart;
    el.value = value;
    if (typeof at === "number") el.setSelectionRange(at, at);
    el.dispatchEvent(new Event("put"));
  }

  function note(el, text) {
    const box = el.closest(".field, .claim");
    if (!box || !text) return;
    box.querySelector(".merged")?.remove();
    const p = document.createElement("p");
    p.className = "merged small soft";
    p.textContent = text;
    box.querySelector("label").after(p);
  }

  // What the server does not have lies in the browser, as what it was and is.
  function mirror() {
    const kept = changed().map((el) => [el.name, was.get(el.name), el.value]);
    try {
      if (kept.length === 0) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ at: Date.now(), kept }));
    } catch { /* a full or forbidden storage: the page itself still holds the text */ }
  }

  // Text that the server never got is offered, never put back unasked.
  function offer() {
    const found = [];
    try {
      Object.keys(localStorage).filter((k) => k.startsWith("desk:")).forEach((k) => {
        const { at, kept } = JSON.parse(localStorage.getItem(k));
        const missing = kept.some(([name, , value]) => form.elements[name] && form.elements[name].value !== value);
        if (at < Date.now() - month || (k.startsWith(shelf) && !missing)) localStorage.removeItem(k);
        else if (k.startsWith(shelf)) found.push({ k, at, kept });
      });
    } catch { /* nothing that can be read */ }
    if (found.length === 0) return;
    const { k, kept } = found.sort((a, b) => b.at - a.at)[0];
    $("offer").hidden = false;
    const done = () => { try { localStorage.removeItem(k); } catch { /* as above */ } $("offer").hidden = true; };
    $("restore").addEventListener("click", () => {
      kept.forEach(([name, before, value]) => {
        const el = form.elements[name];
        if (!el || !("value" in el)) return;
        put(el, value);
        was.set(name, before);
      });
      done();
      mirror();
      send();
    });
    $("discard").addEventListener("click", done);
  }

  function counter(el) {
    const out = document.createElement("p");
    out.className = "counter small soft num";
    const count = () => {
      const n = [...el.value].length;
      out.textContent = n + "/" + el.dataset.max;
      out.classList.toggle("over", n > Number(el.dataset.max));
    };
    el.after(out);
    el.addEventListener("input", count);
    el.addEventListener("put", count);
    count();
  }
})();
