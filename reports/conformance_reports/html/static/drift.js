// The filter over the changes.
const form = find("filter");
const cards = [...document.querySelectorAll(".card")];

const filter = () => {
  const words = form.text.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const card of cards) {
    const said = words.length ? card.textContent.toLowerCase() : "";
    const fits = ["operation", "verdict", "direction"].every((name) => !form[name].value || card.dataset[name] === form[name].value);
    card.hidden = !fits || !words.every((word) => said.includes(word));
  }
  form.querySelector("output").textContent = `${cards.filter((card) => !card.hidden).length} of ${cards.length} changes`;
};

filtering(form, filter);
