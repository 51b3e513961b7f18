// Pages that bring themselves up to date: parts that are asked for again, and
// the stream of a job's events.
import { addPoint, drawCharts } from "./chart.js";
import { sortTables } from "./table.js";

// part asks the hall for a part of a page, as it is now.
async function part(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.body.firstElementChild;
}

// replace puts a part in the place of an older one; what the reader has opened
// stays open, and where the keyboard is it stays.
function replace(old, fresh) {
  for (const details of old.querySelectorAll("details[data-keep]")) {
    const twin = fresh.querySelector(`details[data-keep="${details.dataset.keep}"]`);
    if (twin) twin.open = details.open;
  }
  const link = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  old.replaceWith(fresh);
  if (link) fresh.querySelector(`[href="${CSS.escape(link)}"]`)?.focus();
}

// A page on which nothing moves asks no more once its reader has left it: a
// hall that nobody asks may rest.
const patience = 5 * 60 * 1000;
let touched = Date.now();

export function keepFresh() {
  for (const sign of ["pointermove", "pointerdown", "keydown", "scroll"]) {
    addEventListener(sign, () => (touched = Date.now()), { passive: true });
  }
  for (const box of document.querySelectorAll("[data-live]")) keep(box);
}

function keep(box) {
  setTimeout(async () => {
    let next = box;
    const wanted = "busy" in box.dataset || Date.now() - touched < patience;
    if (!document.hidden && wanted) {
      const fresh = await part(box.dataset.live).catch(() => null);
      if (fresh && fresh.outerHTML !== box.outerHTML) {
        replace(box, fresh);
        sortTables(fresh);
        next = fresh;
      }
    }
    if (next.dataset.live) keep(next);
  }, Number(box.dataset.every));
}

const mostLines = 2000;

export function followJob() {
  const box = document.querySelector("[data-stream]");
  if (!box) return;
  const log = box.querySelector("[data-log]");
  const stream = new EventSource(box.dataset.stream);
  const due = {}; // parts that are about to be asked for again
  const renew = (name, wait) => {
    due[name] ??= setTimeout(async () => {
      due[name] = null;
      const fresh = await part(location.pathname + "?part=" + name).catch(() => null);
      const old = box.querySelector(`[data-part="${name}"]`);
      if (!fresh || !old) return;
      replace(old, fresh);
      drawCharts(fresh);
    }, wait);
  };
  const on = (kind, react) => stream.addEventListener(kind, (event) => react(JSON.parse(event.data)));

  on("log", (event) => {
    const down = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
    const line = document.createElement("div");
    line.textContent = event.log;
    log.append(line);
    while (log.childElementCount > mostLines) log.firstElementChild.remove();
    if (down) log.scrollTop = log.scrollHeight;
    box.querySelector("[data-log-empty]")?.remove();
  });
  on("metric", (event) => {
    const unknown = event.points.filter((point) => !addPoint(box, point));
    if (unknown.length) renew("charts", 500);
  });
  on("progress", () => renew("status", 400));
  for (const kind of ["fail", "file", "ready", "exit"]) on(kind, () => renew("status", 200));
  on("state", (event) => {
    if (["done", "failed", "cancelled"].includes(event.state)) {
      stream.close();
      setTimeout(() => location.reload(), 300);
      return;
    }
    renew("status", 100);
  });
  log.scrollTop = log.scrollHeight;
}
