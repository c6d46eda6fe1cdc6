// What pages need beside htmx: the browser's own time zone, the focus where a new page begins, and where we are in sight.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`pm-zone=${encodeURIComponent(zone)}`)) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `pm-zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax${secure}`;
}
// By the list's own position: scrollIntoView would have the Tab key go on from there in some browsers, past the skip link.
const showPlace = () => {
  const here = document.querySelector(".top nav > ul [aria-current]"), list = here?.closest("ul");
  if (list) list.scrollLeft = here.offsetLeft - list.offsetLeft - (list.clientWidth - here.offsetWidth) / 2;
};
const titleOf = () => document.querySelector("#main h1");
let title = titleOf();
showPlace();
document.addEventListener("htmx:after:swap", () => {
  if (titleOf() === title) return; // Only a part of the page is new: whoever is elsewhere in it stays there.
  title = titleOf();
  showPlace();
  (document.querySelector("#main [aria-invalid]") ?? title)?.focus();
});
// The menu covers what lies under it: it closes when it is left, and by Escape.
const closeMenu = () => document.querySelector(".more[open]")?.removeAttribute("open");
document.addEventListener("focusin", (event) => event.target.closest(".more") || closeMenu());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.closest(".more")) return;
  event.target.closest(".more").querySelector("summary").focus();
  closeMenu();
});
