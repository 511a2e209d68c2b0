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
