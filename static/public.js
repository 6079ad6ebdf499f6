/* Shows the reader's own clock beside UTC. The page is complete without it. */
(function () {
  var words = document.documentElement.dataset.local;
  if (!words || !new Date().getTimezoneOffset()) return;
  document.querySelectorAll("time[datetime*=T]").forEach(function (el) {
    var at = new Date(el.dateTime);
    if (isNaN(at)) return;
    var utc = at.getUTCDate(), own = at.getDate();
    var how = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    if (utc !== own) { how.day = "numeric"; how.month = "short"; }
    el.append(" (" + at.toLocaleString(document.documentElement.lang, how) + " " + words + ")");
  });
})();
