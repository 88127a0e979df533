"use strict";
// The page reads well without this: it only fills in the address, copies, finds and folds.
for (const code of document.querySelectorAll("pre code")) {
  code.textContent = code.textContent.replaceAll("https://api.cloud-sales.example", location.origin);
}
for (const button of document.querySelectorAll(".code button")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.nextElementSibling.textContent);
    button.textContent = "copied";
    setTimeout(() => (button.textContent = "copy"), 1500);
  });
}
const contents = document.querySelector("nav details");
const search = document.querySelector("nav input");
search.parentElement.hidden = false;
search.addEventListener("input", () => {
  contents.open = true;
  const words = search.value.toLowerCase().split(/\s+/);
  for (const item of document.querySelectorAll("nav li[data-find]")) {
    const text = item.dataset.find.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
  }
  for (const heading of document.querySelectorAll("nav h2")) {
    heading.hidden = !heading.nextElementSibling.querySelector("li:not([hidden])");
  }
});
const narrow = matchMedia("(max-width: 60rem)");
const fold = () => (contents.open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();
contents.addEventListener("click", (event) => {
  if (narrow.matches && event.target.closest("a")) contents.open = false;
});
