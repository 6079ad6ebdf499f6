/* What makes the page nicer; it is complete without any of this. */
(function () {
  var root = document.documentElement, main = document.getElementById("content"), lang = root.lang;
  var each = function (list, what) { Array.prototype.forEach.call(list, what); };

  /* Times: the reader's own clock and how far off it is, beside UTC. */
  var near = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  function times() {
    each(document.querySelectorAll("time[datetime*=T]"), function (el) {
      var at = new Date(el.dateTime), said = [], minutes = Math.round((at - Date.now()) / 6e4);
      if (isNaN(at)) return;
      if (at.getTimezoneOffset()) {
        var how = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
        if (at.getUTCDate() !== at.getDate()) { how.day = "numeric"; how.month = "short"; }
        said.push(at.toLocaleString(lang, how) + " " + root.dataset.local);
      }
      if (Math.abs(minutes) < 60) said.push(near.format(minutes, "minute"));
      else if (Math.abs(minutes) < 1440) said.push(near.format(Math.trunc(minutes / 60), "hour"));
      var own = el.lastElementChild || el.appendChild(document.createElement("span"));
      own.textContent = said.length ? " (" + said.join(", ") + ")" : "";
    });
  }

  /* Bars: the pointer or the arrow keys choose a day, whose page the link then leads to. */
  var tip = document.createElement("a"), bars, chosen;
  tip.className = "tip";
  tip.tabIndex = -1;
  tip.setAttribute("aria-live", "polite");
  function choose(strip, n) {
    if (bars && bars !== strip) leave();
    if (strip === bars && n === chosen) return;
    var facts = strip.closest("[data-today]").dataset, words = "", good = true;
    strip.dataset.all = strip.dataset.all || strip.getAttribute("href");
    bars = strip;
    chosen = n = Math.max(0, Math.min(89, n));
    each(strip.querySelectorAll("path"), function (path) {
      var at = /M(\d+) .*h(\d+)/.exec(path.getAttribute("d"));
      if (n * 4 < +at[1] || n * 4 > +at[1] + +at[2]) return;
      good = path.getAttribute("class") !== "none";
      words = path.textContent;
    });
    var date = new Date(Date.parse(facts.today) - (89 - n) * 864e5);
    var iso = date.toISOString().slice(0, 10);
    tip.textContent = words || date.toLocaleDateString(lang, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }) + ": " + (good ? facts.ok : facts.none);
    strip.href = tip.href = good ? facts.days + iso : strip.dataset.all;
    var box = strip.getBoundingClientRect(), place = box.left + (n + .5) * box.width / 90;
    if (!tip.parentNode) document.body.append(tip);
    strip.style.setProperty("--at", (n * 4 - 1) / 3.59 + "%");
    tip.style.left = Math.max(8, Math.min(place - tip.offsetWidth / 2, root.clientWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = box.top + scrollY - tip.offsetHeight + "px";
  }
  function leave() {
    if (!bars) return;
    tip.remove();
    bars.setAttribute("href", bars.dataset.all);
    bars.style.removeProperty("--at");
    bars = null;
  }
  function strip(e) {
    var found = e.target.closest && e.target.closest(".strip");
    return found && found.closest("[data-today]") ? found : null;
  }
  function pointed(e, found) {
    var box = found.getBoundingClientRect();
    return Math.floor((e.clientX - box.left) / box.width * 90);
  }
  document.addEventListener("pointermove", function (e) {
    var found = strip(e);
    if (e.pointerType === "touch" || e.target === tip) return;
    if (found) choose(found, pointed(e, found));
    else if (bars !== document.activeElement) leave();
  });
  document.addEventListener("click", function (e) {
    var found = strip(e), n = found && e.detail && pointed(e, found);
    if (!found || !e.detail || found === bars && n === chosen) return; /* a second tap goes there */
    e.preventDefault();
    choose(found, n);
  });
  document.addEventListener("keydown", function (e) {
    var to = { ArrowLeft: -1, ArrowRight: 1, Home: -90, End: 90 }[e.key], found = strip(e);
    if (e.key === "Escape") leave();
    if (!found || !to || e.altKey || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    choose(found, found === bars ? chosen + to : to === -90 ? 0 : 89);
  });
  document.addEventListener("focusout", leave);

  /* The page renews itself when something was published. */
  var source = main.innerHTML, parts = new Map(), tag, wait = 30, timer, busy;
  function key(el, n) { return el.getAttribute("aria-labelledby") || el.tagName + n; }
  function note(from, put) { each(from.children, function (el, n) { put.set(key(el, n), el.outerHTML); }); }
  note(main, parts);

  function renew(text) {
    var page = new DOMParser().parseFromString(text, "text/html"), fresh = page.getElementById("content");
    if (!fresh || fresh.innerHTML === source) return;
    source = fresh.innerHTML;
    var old = new Map(), next = new Map(), focus = document.activeElement, top, anchor;
    var tops = function (el) { return el.getBoundingClientRect().top; };
    var held = main.contains(focus) && focus !== main && { id: focus.id, href: focus.getAttribute("href"), top: tops(focus) };
    each(main.children, function (el, n) {
      var box = el.getBoundingClientRect();
      old.set(key(el, n), el);
      if (anchor === undefined && box.bottom > 0) { anchor = key(el, n); top = box.top; }
    });
    note(fresh, next);
    leave();
    var list = Array.from(fresh.children).map(function (el, n) {
      var k = key(el, n), was = old.get(k);
      if (was && (parts.get(k) === next.get(k) || was.querySelector("input:not([type=hidden]),select,textarea"))) return was;
      each(el.querySelectorAll("details[id]"), function (d) {
        var before = document.getElementById(d.id);
        if (before && before.open) d.open = true;
      });
      return document.adoptNode(el);
    });
    parts = next;
    each(Array.from(main.children), function (el) { if (list.indexOf(el) < 0) el.remove(); });
    list.forEach(function (el, n) { if (main.children[n] !== el) main.insertBefore(el, main.children[n] || null); });
    if (held && !main.contains(document.activeElement)) {
      focus = held.id && document.getElementById(held.id) || held.href && main.querySelector('a[href="' + CSS.escape(held.href) + '"]');
      (focus || main).focus({ preventScroll: true });
    }
    /* What somebody reads stays where it is: what they are at, or else the part at the top. */
    var seen = held && focus && held.top > 0 && held.top < innerHeight, by = seen && tops(focus) - held.top;
    each(main.children, function (el, n) { if (!seen && key(el, n) === anchor) by = tops(el) - top; });
    if (scrollY && by) scrollBy({ top: by, behavior: "instant" });
    document.title = page.title;
    times();
    document.getElementById("renewed").textContent = root.dataset.renewed + " " + main.querySelector("h1").textContent;
  }

  function ask() {
    clearTimeout(timer);
    if (document.hidden || busy) return;
    busy = true;
    fetch(location.href, { cache: "no-cache", credentials: "omit" }).then(function (r) {
      if (!r.ok) throw r.status;
      wait = 30;
      if (r.headers.get("ETag") === tag) return;
      tag = r.headers.get("ETag");
      return r.text().then(renew);
    }).catch(function () { wait = Math.min(wait * 2, 480); }).then(function () {
      busy = false;
      timer = setTimeout(ask, wait * (900 + Math.random() * 200));
    });
  }
  times();
  setInterval(times, 6e4);
  if (!root.dataset.renewed) return;
  timer = setTimeout(ask, 3e4);
  document.addEventListener("visibilitychange", ask);
  addEventListener("online", ask);
})();
