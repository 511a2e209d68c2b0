// Requirements and cases: the filter, the matrix, the list, and the window in which one is opened.
const run = JSON.parse(find("index").textContent);
const [ID, OPERATION] = [0, 1];
const R = { place: 2, column: 3, demand: 4, outcome: 5, side: 6, verdict: 7, reason: 8 };
const C = { intent: 2, verdict: 3, status: 4, ms: 5, title: 6, requirements: 7, reason: 8, position: 9 };
const [ACCEPTS, REJECTS, ANSWERS] = [1, 2, 3];
const GRAVEST = ["failed", "errored", "skipped", "passed"];
const LISTED = 50;
const OPENED = 200;

const text = (number) => run.texts[number];
const verdictOf = (requirement) => run.verdicts[requirement[R.verdict]];
const address = (requirement) =>
  [OPERATION, R.place, R.demand].map((part) => text(requirement[part])).concat(requirement[R.outcome]).filter(Boolean).join(" · ");

const operationNames = [...find("operations").tBodies[0].rows].map((row) => row.cells[0].textContent);
const casesOf = run.requirements.map(() => []);
const intentsOf = new Uint8Array(run.requirements.length);
run.cases.forEach((one, number) => {
  for (const requirement of one[C.requirements]) {
    casesOf[requirement].push(number);
    intentsOf[requirement] |= 1 << one[C.intent];
  }
});

const byOperation = new Map(operationNames.map((name) => [name, []]));
run.requirements.forEach((requirement, number) => byOperation.get(text(requirement[OPERATION]))?.push(number));

// ---- the filter

const form = find("filter");
const matches = new Uint8Array(run.requirements.length).fill(1);
let haystack;

const wanted = () => ({
  words: form.text.value.toLowerCase().split(/\s+/).filter(Boolean),
  operation: form.operation.value,
  verdict: form.verdict.value,
  intent: run.intents.indexOf(form.intent.value),
});

const filterRequirements = ({ words, operation, verdict, intent }) => {
  if (words.length) haystack ??= run.requirements.map((r) => `${address(r)} ${r[ID]} ${text(r[R.reason])}`.toLowerCase());
  const verdictNumber = run.verdicts.indexOf(verdict);
  run.requirements.forEach((requirement, number) => {
    matches[number] =
      (!operation || text(requirement[OPERATION]) === operation) &&
      (!verdict || requirement[R.verdict] === verdictNumber) &&
      (intent < 0 || intentsOf[number] & (1 << intent)) &&
      words.every((word) => haystack[number].includes(word))
        ? 1
        : 0;
  });
};

const filterCards = ({ words, operation, verdict, intent }) => {
  const intents = intent < 0 ? undefined : new Map(run.cases.map((one) => [one[ID], one[C.intent]]));
  for (const card of document.querySelectorAll("#findings .card")) {
    const said = words.length ? card.textContent.toLowerCase() : "";
    card.hidden =
      (operation && card.dataset.operation !== operation) ||
      (verdict && verdict !== "failed") ||
      (intents && intents.get(card.dataset.case) !== intent) ||
      !words.every((word) => said.includes(word));
  }
  for (const group of document.querySelectorAll("#findings .group"))
    group.hidden = !group.querySelector(".card:not([hidden])");
  find("no-finding").hidden = !document.querySelector("#findings .card") || !!document.querySelector("#findings .card:not([hidden])");
};

const filter = () => {
  const asked = wanted();
  filterRequirements(asked);
  filterCards(asked);
  drawMatrix();
  drawList();
  const count = matches.reduce((sum, one) => sum + one, 0);
  form.querySelector("output").textContent = `${count} of ${run.requirements.length} requirements`;
};

// ---- the matrix: places as a tree, constraints as columns, both sides of each boundary as cells

const tally = (numbers) => {
  const counts = {};
  for (const number of numbers) {
    const verdict = verdictOf(run.requirements[number]);
    counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  return counts;
};

const summaryOf = (numbers) => {
  const counts = tally(numbers);
  return GRAVEST.filter((verdict) => counts[verdict]).map((verdict) => sign(verdict, `${counts[verdict]} ${verdict}`));
};

// A place goes down by member (`/name`), alternative (`(1)`) and item (`[]`).
const STEP = /\/|(?=\(\d+\)|\[\])/;

const placeTree = (numbers) => {
  const root = { below: new Map(), own: [] };
  for (const number of numbers) {
    let node = root;
    for (const token of text(run.requirements[number][R.place]).split(STEP)) {
      if (!node.below.has(token)) node.below.set(token, { below: new Map(), own: [] });
      node = node.below.get(token);
    }
    node.own.push(number);
  }
  return root;
};

const placeRows = function* (node, depth = 0, label = "") {
  for (const [token, below] of node.below) {
    const name = label && /^[\w$-]/.test(token) ? `${label}/${token}` : label + token;
    if (below.own.length) {
      yield { depth, name, numbers: below.own };
      yield* placeRows(below, depth + 1);
    } else yield* placeRows(below, depth, name);
  }
};

const cell = (numbers, side) => {
  const counts = tally(numbers);
  const worst = GRAVEST.find((verdict) => counts[verdict]);
  const share = counts[worst] === numbers.length ? counts[worst] : `${counts[worst]}/${numbers.length}`;
  const first = run.requirements[numbers[0]];
  const title = [text(first[OPERATION]), text(first[R.place]), text(first[R.column]), run.sides[side]].join(" · ");
  return make(
    "button",
    { type: "button", class: `cell ${worst}`, "aria-label": `${title}: ${share} ${worst}`, onclick: () => open(title, numbers) },
    `${{ [ACCEPTS]: "+", [REJECTS]: "−" }[side] ?? ""}${SIGNS[worst]}${share}`,
  );
};

const matrixTable = (numbers, caption) => {
  const columns = [...new Set(numbers.map((number) => run.requirements[number][R.column]))];
  const head = make("tr", {}, make("th", { scope: "col" }, caption), ...columns.map((column) => make("th", { scope: "col" }, text(column))));
  const body = make("tbody");
  for (const { depth, name, numbers: own } of placeRows(placeTree(numbers))) {
    const row = make("tr", {}, make("th", { scope: "row" }, make("span", { class: "depth", "aria-hidden": true }, "│ ".repeat(depth)), name));
    for (const column of columns) {
      const here = own.filter((number) => run.requirements[number][R.column] === column);
      const sides = [ACCEPTS, REJECTS, ANSWERS, 0].map((side) => [side, here.filter((n) => run.requirements[n][R.side] === side)]);
      row.append(make("td", {}, ...sides.filter(([, some]) => some.length).map(([side, some]) => cell(some, side))));
    }
    body.append(row);
  }
  const name = `${text(run.requirements[numbers[0]][OPERATION])}: ${caption}`;
  const region = { class: "wide", tabindex: 0, role: "region", "aria-label": name };
  return make("div", region, make("table", { class: "matrix" }, make("thead", {}, head), body));
};

const fillMatrix = (details, numbers) => {
  const answers = numbers.filter((number) => run.requirements[number][R.side] === ANSWERS);
  const requests = numbers.filter((number) => run.requirements[number][R.side] !== ANSWERS);
  details.querySelectorAll(".wide").forEach((old) => old.remove());
  if (requests.length) details.append(matrixTable(requests, "request"));
  if (answers.length) details.append(matrixTable(answers, "answer"));
};

const isDetailed = run.requirements.some((requirement) => text(requirement[R.place]));
const matrices = new Map();

const drawMatrix = () => {
  if (!isDetailed) return;
  for (const [name, all] of byOperation) {
    const numbers = all.filter((number) => matches[number]);
    let details = matrices.get(name);
    if (!details) {
      details = make("details", { open: byOperation.size <= 4 && all.length < 2000 }, make("summary"));
      details.addEventListener("toggle", () => details.open && fillMatrix(details, details.numbers));
      matrices.set(name, details);
      find("matrix").append(details);
    }
    details.numbers = numbers;
    details.hidden = !numbers.length;
    details.firstChild.replaceChildren(make("b", {}, name), ...summaryOf(numbers));
    if (details.open) fillMatrix(details, numbers);
  }
};

// ---- the list

const listItem = (number) => {
  const requirement = run.requirements[number];
  const reason = text(requirement[R.reason]);
  return make(
    "li", {}, sign(verdictOf(requirement)), " ",
    make("a", { href: `#r-${requirement[ID]}` }, address(requirement)), reason ? make("small", {}, ` ${reason}`) : "",
  );
};

const drawList = () => {
  const numbers = GRAVEST.map((verdict) => run.verdicts.indexOf(verdict)).flatMap((verdict) =>
    run.requirements.flatMap((requirement, number) => (matches[number] && requirement[R.verdict] === verdict ? [number] : [])),
  );
  const list = find("list");
  let shown = 0;
  const more = make("button", { type: "button" }, "Show more");
  const grow = (count) => {
    list.append(...numbers.slice(shown, shown + count).map(listItem));
    shown += count;
    more.hidden = shown >= numbers.length;
    more.textContent = `Show ${Math.min(OPENED, numbers.length - shown)} more of ${numbers.length}`;
  };
  more.addEventListener("click", () => grow(OPENED));
  list.replaceChildren();
  grow(LISTED);
  if (list.nextElementSibling?.matches("button")) list.nextElementSibling.remove();
  list.after(more);
};

// ---- one requirement, one case

const dialog = find("detail");
const unpacked = new Map();

const unpack = async (chunk) => {
  const bytes = Uint8Array.from(atob(chunk.textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
};

const bodiesOf = async (position) => {
  const chunk = find(`bodies-${Math.floor(position / run.chunk)}`);
  if (!chunk) return undefined;
  if (!unpacked.has(chunk)) unpacked.set(chunk, unpack(chunk));
  return (await unpacked.get(chunk))[position % run.chunk];
};

// Laid out only where that changes nothing but the white space.
const laidOut = (body) => {
  try {
    const value = JSON.parse(body);
    return JSON.stringify(value) === body ? JSON.stringify(value, undefined, 2) : body;
  } catch {
    return body;
  }
};

const bodySection = (title, length, body) =>
  make(
    "section", {}, make("h5", {}, title, make("small", {}, length < 0 ? " no body" : ` ${length.toLocaleString("en")} bytes`)),
    length > 0 ? make("pre", { class: "code", tabindex: 0 }, laidOut(body)) : "",
  );

const caseFields = (one, expected) => {
  const reason = text(one[C.reason]);
  const said = { Expected: expected, Verdict: run.verdicts[one[C.verdict]], Why: reason, Case: one[ID] };
  const parts = Object.entries(said).filter(([, value]) => value);
  return make("dl", { class: "fields" }, ...parts.flatMap(([label, value]) => [make("dt", {}, label), make("dd", {}, value)]));
};

const fillCase = async (details, number) => {
  const one = run.cases[number];
  if (details.childElementCount > 1) return;
  const place = make("div", {}, "…");
  details.append(place);
  const bodies = await bodiesOf(one[C.position]);
  const replay = copyLine(`conformance replay RUN ${one[ID]}`);
  if (!bodies) {
    place.replaceChildren(caseFields(one, ""), make("p", { class: "quiet" }, "This page has no room for its bodies."), replay);
    return;
  }
  const [expected, sent, sentBytes, answer, answerBytes, mediaType, failure] = bodies;
  place.replaceChildren(
    caseFields(one, expected),
    make("div", { class: "pair" }, bodySection("Sent", sentBytes, sent), bodySection(`Answered ${one[C.status] || failure} ${mediaType}`, answerBytes, answer)),
    replay,
  );
};

const caseDetails = (number, isOpen) => {
  const one = run.cases[number];
  const said = [run.intents[one[C.intent]], one[C.status] || "no answer", `${one[C.ms]} ms`, text(one[C.title])].join(" · ");
  const details = make("details", { class: "case" }, make("summary", {}, sign(run.verdicts[one[C.verdict]]), ` ${said}`));
  details.addEventListener("toggle", () => details.open && fillCase(details, number));
  details.open = isOpen;
  return details;
};

const requirementParts = (number, isOpen) => {
  const requirement = run.requirements[number];
  const numbers = casesOf[number];
  const reason = text(requirement[R.reason]);
  return [
    make("h3", {}, sign(verdictOf(requirement)), " ", make("a", { href: `#r-${requirement[ID]}` }, address(requirement))),
    reason ? make("p", { class: "quiet" }, reason) : "",
    ...numbers.slice(0, LISTED).map((one) => caseDetails(one, isOpen && numbers.length === 1)),
    numbers.length ? "" : make("p", { class: "quiet" }, run.cases.length ? "No case of its own." : "The cases were not kept."),
  ];
};

const open = (title, numbers) => {
  find("detail-title").textContent = title;
  const grave = GRAVEST.flatMap((verdict) => numbers.filter((number) => verdictOf(run.requirements[number]) === verdict));
  const parts = grave.slice(0, OPENED).flatMap((number) => requirementParts(number, numbers.length === 1));
  if (numbers.length > OPENED) parts.push(make("p", { class: "quiet" }, `and ${numbers.length - OPENED} more`));
  show(parts);
};

const show = (parts) => {
  find("detail-body").replaceChildren(...parts.filter((part) => part !== ""));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
};

const openCase = (number) => {
  const one = run.cases[number];
  find("detail-title").textContent = text(one[C.title]);
  const links = one[C.requirements].map((r) => make("li", {}, make("a", { href: `#r-${run.requirements[r][ID]}` }, address(run.requirements[r]))));
  show([caseDetails(number, true), make("h3", {}, "Decides"), make("ul", {}, ...links)]);
};

// A link that was cut short or mangled on its way leads nowhere.
const linked = () => {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
};

const followLink = () => {
  const hash = linked();
  const id = hash.slice(2);
  if (hash.startsWith("r-")) {
    const number = run.requirements.findIndex((requirement) => requirement[ID] === id);
    if (number >= 0) open(address(run.requirements[number]), [number]);
  } else if (hash.startsWith("c-")) {
    const number = run.cases.findIndex((one) => one[ID] === id);
    if (number >= 0) openCase(number);
  } else {
    if (dialog.open) dialog.close();
    if (hash.startsWith("f-") && find(hash)?.hidden) form.reset();
  }
};

dialog.addEventListener("close", () => {
  if (/^#[rc]-/.test(location.hash)) history.replaceState(null, "", "#");
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest(".close")) dialog.close();
});
addEventListener("hashchange", followLink);

if (isDetailed)
  find("matrix").append(make("p", { class: "legend" }, "+ what must be accepted, − what must be rejected · ✓ passed, ✗ failed, ? not decided, ○ not exercised; 1/12: one of twelve. A cell opens its cases."));
else find("matrix").append(make("p", { class: "quiet" }, "This journal holds no details of its requirements: no matrix."));
filtering(form, filter);
followLink();
