// The desk works without this script. It counts the minutes to each promise,
// takes what is offered over by key, and lets the button to sign wake when the
// change of states has been on screen. The writing page has its own, write.js.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);

  // Errors first: whoever uses a screen reader or a phone lands on them.
  const problems = $("problems");
  if (problems) problems.focus();

  document.querySelectorAll("form.goon").forEach((form) => form.requestSubmit());

  countDown();
  setInterval(countDown, 15000);
  wake($("sign-button"));
  if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(copies);

  // Alt R takes a rule's replacement over, Alt A accepts another wording: what
  // is offered beside the field that the keyboard is in, else the first.
  const keys = { KeyR: 'button[name="replace"]', KeyA: 'button[name="answer"][value="accept"]' };
  document.addEventListener("keydown", (e) => {
    const offer = keys[e.code];
    if (!offer || !e.altKey || e.ctrlKey || e.metaKey) return;
    const near = document.activeElement && document.activeElement.closest(".field");
    const button = (near && near.querySelector(offer)) || document.querySelector(offer);
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
      const [size, unit] = Math.abs(minutes) < 120 ? [1, "minute"] : Math.abs(minutes) < 48 * 60 ? [60, "hour"] : [24 * 60, "day"];
      if (left) left.textContent = " · " + say.format(Math.trunc(minutes / size), unit);
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
      // Half of it, or, when it is longer than the screen, half a screen of it.
      if (!entries.some((e) => e.intersectionRatio >= 0.5 || e.rootBounds && e.intersectionRect.height >= e.rootBounds.height / 2)) return;
      button.removeAttribute("aria-disabled");
      eye.disconnect();
    }, { threshold: [0, 0.1, 0.2, 0.3, 0.4, 0.5] });
    eye.observe(seen);
  }
})();
