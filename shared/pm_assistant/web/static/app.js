// What pages need beside htmx: the browser's own time zone, and the focus where a new page begins.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`pm-zone=${encodeURIComponent(zone)}`)) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `pm-zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax${secure}`;
}
document.addEventListener("htmx:after:swap", () => {
  const title = document.querySelector("#main h1");
  if (title) title.focus();
});
