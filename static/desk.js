// The desk works without this script. It saves while people type, keeps a copy
// in the browser until the server has it, counts characters and minutes, and
// lets the button to sign wake when the change of states has been on screen.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);

  // Errors first: whoever uses a screen reader or a phone lands on them.
  const problems = $("problems");
  if (problems) problems.focus();

  document.querySelectorAll("form.goon").forEach((form) => form.requestSubmit());

  countDown();
  setInterval(countDown, 15000);
  keepWriting($("write"));
  wake($("sign-button"));
  if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(copies);

  document.addEventListener("keydown", (e) => {
    if (!e.altKey || e.ctrlKey || e.metaKey || e.code !== "KeyR") return;
    const near = document.activeElement && document.activeElement.closest(".field");
    const button = (near && near.querySelector('button[name="replace"]')) || document.querySelector('button[name="replace"]');
    if (!button) return;
    e.preventDefault();
    button.click();
  });

  // A button that copies a text beside it.
  function copies(button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.clipboard.writeText($(button.dataset.copy).textContent).then(() => { button.textContent = button.dataset.done; }, () => { button.hidden = true; });
    });
  }

  // Relative deadlines, in the reader's own language.
  function countDown() {
    const say = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
    document.querySelectorAll("time.due").forEach((el) => {
      const minutes = Math.round((new Date(el.dateTime) - Date.now()) / 60000);
      const left = el.querySelector(".left");
      const far = Math.abs(minutes) >= 120;
      if (left) left.textContent = " · " + (far ? say.format(Math.round(minutes / 60), "hour") : say.format(minutes, "minute"));
      el.classList.toggle("late", minutes < 0);
      el.classList.toggle("near", minutes >= 0 && minutes < 10);
    });
  }

  // The button to sign sleeps until what changes for customers was on screen.
  function wake(button) {
    const seen = button && $(button.dataset.wakes);
    if (!seen || !("IntersectionObserver" in window)) return;
    button.setAttribute("aria-disabled", "true");
    const stop = (e) => { if (button.hasAttribute("aria-disabled")) { e.preventDefault(); seen.scrollIntoView(); } };
    button.addEventListener("click", stop);
    const eye = new IntersectionObserver((entries) => {
      if (!entries.some((e) => e.isIntersecting)) return;
      button.removeAttribute("aria-disabled");
      eye.disconnect();
    }, { threshold: 0.5 });
    eye.observe(seen);
  }

  function keepWriting(form) {
    if (!form) return;
    form.querySelectorAll("[data-max]").forEach(counter);
    if (!form.dataset.update) return;
    const key = "desk:" + form.dataset.update;
    const said = $("saved");
    let timer = 0, busy = false, again = false, leaving = false;

    const fields = () => [...new FormData(form).entries()].filter(([name]) => name !== "base");
    const asText = () => JSON.stringify(fields());
    let saved = asText();
    offer();

    form.addEventListener("input", () => {
      mirror();
      clearTimeout(timer);
      timer = setTimeout(save, 1500);
    });
    form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });

    function mirror() {
      try {
        localStorage.setItem(key, JSON.stringify({ at: Date.now(), base: form.elements.base.value, fields: fields() }));
      } catch { /* a full or forbidden storage: the server still has what was saved */ }
    }
    function forget() { try { localStorage.removeItem(key); } catch { /* as above */ } }

    async function save() {
      if (leaving || form.dataset.stale) return;
      if (busy) { again = true; return; }
      const text = asText();
      if (text === saved) { forget(); return; }
      busy = true;
      said.textContent = said.dataset.saving;
      try {
        const response = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" } });
        if (leaving) return;
        if (response.ok) {
          adopt(new DOMParser().parseFromString(await response.text(), "text/html"));
          saved = text;
          if (asText() === text) forget();
        } else {
          said.textContent = response.status === 401 ? said.dataset.ended : response.status === 409 ? said.dataset.stale : said.dataset.kept;
          const page = new DOMParser().parseFromString(await response.text(), "text/html");
          if (response.status === 422) findings(page);
          const why = response.status === 503 && page.querySelector("#problems li");
          if (why) said.textContent += " " + why.textContent;
        }
      } catch {
        said.textContent = said.dataset.kept;
      } finally {
        busy = false;
        if (again) { again = false; save(); }
      }
    }

    // What the server answers takes the place of everything but the fields.
    function adopt(page) {
      const base = page.querySelector('#write [name="base"]');
      if (!base) return;
      form.elements.base.value = base.value;
      said.textContent = page.getElementById("saved").textContent;
      findings(page);
    }
    function findings(page) {
      const chosen = [...document.querySelectorAll("#preview :checked")].map((el) => el.className);
      ["preview", "verdict", ...[...document.querySelectorAll(".findings")].map((el) => el.id)].forEach((id) => {
        const here = $(id), there = page.getElementById(id);
        if (here && there && here.innerHTML !== there.innerHTML) here.replaceChildren(...there.childNodes);
      });
      document.querySelectorAll("#write .field").forEach((here) => {
        const input = here.querySelector("textarea, input, select");
        const there = input && page.getElementById(input.id);
        if (!there) return;
        here.classList.toggle("wrong", there.closest(".field").classList.contains("wrong"));
        there.hasAttribute("aria-invalid") ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
      });
      chosen.forEach((name) => { const el = document.querySelector("#preview input." + name); if (el) el.checked = true; });
    }

    // Text that the server never got is offered, never put back unasked.
    function offer() {
      let kept = null;
      try { kept = JSON.parse(localStorage.getItem(key)); } catch { /* nothing that can be read */ }
      if (!kept || JSON.stringify(kept.fields) === saved) { forget(); return; }
      const box = $("offer");
      box.hidden = false;
      $("restore").addEventListener("click", () => {
        kept.fields.forEach(([name, value]) => { const el = form.elements[name]; if (el && "value" in el) el.value = value; });
        form.querySelectorAll("[data-max]").forEach((el) => el.dispatchEvent(new Event("input"))); // counts again
        form.elements.base.value = kept.base;
        box.hidden = true;
        form.dispatchEvent(new Event("input", { bubbles: true }));
      });
      $("discard").addEventListener("click", () => { forget(); box.hidden = true; });
    }
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
    count();
  }
})();
