// Elements are made, never parsed: what came from outside is text and nothing else.
const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== ""));
  return element;
};

const find = (id) => document.getElementById(id);

const SIGNS = { passed: "✓", failed: "✗", errored: "?", skipped: "○" };

const sign = (verdict, more) => make("span", { class: `sign ${verdict}` }, `${SIGNS[verdict]} ${more ?? verdict}`);

// A page from the disk may be refused the clipboard: then the text is selected and copied the old way.
const copyText = async (element) => {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.copies");
  if (!button) return;
  const copied = await copyText(button.parentElement.querySelector("code"));
  button.textContent = copied ? "Copied" : "Select and copy";
  setTimeout(() => (button.textContent = "Copy"), 1500);
});

const copyLine = (text) =>
  make("div", { class: "copy" }, make("button", { type: "button", class: "copies" }, "Copy"), make("code", { tabindex: 0 }, text));

// Shows the form and keeps `filter` at work: on every key, a moment after the last one.
const filtering = (form, filter) => {
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.matches("input, select")) return;
    event.preventDefault();
    form.text.focus();
  });
  form.hidden = false;
  filter();
};
