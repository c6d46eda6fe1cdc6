// Leaves of the manual what has all the words that are typed. Without it the whole page is there to be read.
"use strict";
const box = document.getElementById("words"), count = document.getElementById("count");
const articles = [...document.querySelectorAll("article")];
const texts = new Map(articles.map((article) => [article, `${article.id} ${article.textContent}`.toLowerCase()]));
const links = [...document.querySelectorAll("nav li a")];

function follows(heading) {
  const own = [];
  for (let next = heading.nextElementSibling; next && next.tagName !== "H2"; next = next.nextElementSibling) own.push(next);
  return own.filter((each) => each.tagName === "ARTICLE");
}

function search() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const article of articles) article.hidden = !words.every((word) => texts.get(article).includes(word));
  for (const link of links) link.parentElement.hidden = document.getElementById(link.hash.slice(1)).hidden;
  for (const list of document.querySelectorAll("nav ul")) {
    list.previousElementSibling.hidden = [...list.children].every((item) => item.hidden);
  }
  for (const heading of document.querySelectorAll("h2")) {
    heading.hidden = follows(heading).every((article) => article.hidden);
  }
  const shown = articles.filter((article) => !article.hidden).length;
  count.textContent = words.length ? `${shown} of ${articles.length}` : "";
}

box.addEventListener("input", search);
window.addEventListener("hashchange", () => {
  const place = document.getElementById(location.hash.slice(1));
  if (!place?.hidden) return;
  box.value = "";
  search();
  place.scrollIntoView();
});
box.closest("p").hidden = false;
search();
