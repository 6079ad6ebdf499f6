/* What a status page says, at the top of any other page: nothing while all is
   well, else one sentence and a link, in a shadow tree that neither page
   reaches into. Styles go in as a constructed sheet, which needs no leave of a
   content policy; words go in as text. */
(() => {
  const me = document.currentScript;
  const lang = me.dataset.lang || document.documentElement.lang;
  const source = new URL("embed.json" + (lang ? "?lang=" + encodeURIComponent(lang) : ""), me.src);
  const make = (name) => document.createElement(name);
  const host = make("div"), box = make("div"), sheet = new CSSStyleSheet();
  sheet.replaceSync(`div:not(:empty){font:1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText;padding:.6em 1em;border:1px solid;border-inline-start:.5em solid var(--c,#8a6100)}
b::before{content:var(--s,"■")/"";color:var(--c,#8a6100);margin-inline-end:.5em}
a{color:LinkText}
.operational,.maintenance{--c:#5476c9;--s:"●"}
.partial{--c:#d0651a;--s:"▲"}
.major{--c:#d1453b;--s:"✖"}`);
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  root.append(box);
  box.setAttribute("role", "status");
  let shown = "";
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(source, { credentials: "omit", signal: AbortSignal.timeout(9e3) });
      if (!answer.ok) return;
      const now = await answer.json();
      const text = now.calm ? "" : now.sentence;
      if (text === shown) return;
      shown = text;
      box.className = now.status;
      box.lang = now.language;
      const words = make("b"), link = make("a");
      words.textContent = text;
      link.textContent = now.more;
      link.href = now.url;
      box.replaceChildren(...(text ? [words, ". ", link] : []));
    } catch {} /* the page that this stands in has nothing to do with it */
  };
  const start = () => {
    (document.querySelector(me.dataset.into || "body") || document.body).prepend(host);
    look();
    setInterval(look, 6e4);
    document.addEventListener("visibilitychange", look);
  };
  if (document.body) start(); else addEventListener("DOMContentLoaded", start);
})();
