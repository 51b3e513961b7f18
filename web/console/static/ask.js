// Asking an endpoint without leaving the page. What an answer took comes in
// its headers.

const figures = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const shares = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const share = (x) => shares.format(100 * x) + " %";

// little says only that a sum is smaller than what anybody counts.
function little(x, least) {
  return x > 0 && x < least ? "<" + least.toFixed(-Math.floor(Math.log10(least))) : figures.format(x);
}

export function askForms(root) {
  for (const form of root.querySelectorAll("form[data-ask]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
    form.elements.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    const fill = form.querySelector("[data-fill]");
    fill.hidden = false;
    fill.addEventListener("click", () => {
      form.elements.text.value = fill.dataset.fill;
      form.requestSubmit();
    });
  }
}

async function ask(form) {
  const button = form.querySelector("button.primary");
  const name = button.textContent;
  button.disabled = true;
  button.textContent = form.dataset.wait;
  const began = performance.now();
  try {
    const answer = await fetch(form.dataset.ask, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ inputs: form.elements.text.value, truncate: true }),
    });
    const body = await answer.json();
    if (answer.ok) show(form, body, answer.headers, performance.now() - began);
    else tell(form, body.error ?? body.detail ?? answer.statusText);
  } catch {
    tell(form, form.dataset.lost);
  } finally {
    button.disabled = false;
    button.textContent = name;
  }
}

function find(form, name) {
  return form.parentElement.querySelector(`[data-${name}]`);
}

function tell(form, text) {
  find(form, "answer").hidden = false;
  find(form, "result").hidden = true;
  find(form, "problem").hidden = false;
  find(form, "problem").textContent = text;
}

function show(form, scores, headers, millis) {
  find(form, "answer").hidden = false;
  find(form, "problem").hidden = true;
  find(form, "result").hidden = false;
  const number = form.dataset.task === "regress"; // one score, which is the answer
  const best = scores[0] ?? { label: "", score: 0 };
  find(form, "label").textContent = number ? figures.format(best.score) : best.label;
  find(form, "score").textContent = number ? "" : share(best.score);
  find(form, "ms").textContent = figures.format(millis) + " ms";
  const took = (header, least) => little(Number(headers.get(header) ?? 0), least);
  find(form, "joules").textContent = took("Datahall-Joules", 0.0001) + " J";
  find(form, "cost").textContent = took("Datahall-Cost", 0.000001) + " " + (headers.get("Datahall-Currency") ?? "");
  find(form, "grams").textContent = took("Datahall-Grams-CO2", 0.000001) + " g";
  find(form, "scores").replaceChildren(...(number ? [] : scores.map(scoreRow)));
}

function scoreRow({ label, score }) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = label;
  const value = document.createElement("td");
  value.className = "n";
  value.textContent = share(score);
  const drawn = document.createElement("td");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "bar");
  svg.setAttribute("aria-hidden", "true");
  for (const [kind, width] of [["rail", 1], ["", Math.min(Math.max(score, 0), 1)]]) {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    rect.setAttribute("class", kind);
    rect.setAttribute("width", 100 * width + "%");
    rect.setAttribute("height", "100%");
    rect.setAttribute("rx", "2");
    svg.append(rect);
  }
  drawn.append(svg);
  row.append(head, value, drawn);
  return row;
}
