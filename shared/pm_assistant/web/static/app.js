// What pages need beside htmx: the browser's own time zone, the focus where a new page begins, and where we are in sight.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`pm-zone=${encodeURIComponent(zone)}`)) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `pm-zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax${secure}`;
}
const showPlace = () => document.querySelector(".top [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
showPlace();
document.addEventListener("htmx:after:swap", () => {
  showPlace();
  const title = document.querySelector("#main h1");
  if (title) title.focus();
});
