// The pages' scripts. What they do, pages do without them, except move.
import { drawCharts } from "./chart.js";
import { sortTables, lightMatrices } from "./table.js";
import { followJob, keepFresh } from "./live.js";
import { askForms } from "./ask.js";
import { copyButtons, tabs } from "./copy.js";

tabs(document);
copyButtons(document);
askForms(document);

// What takes longer waits until the page has been painted.
requestAnimationFrame(() =>
  setTimeout(() => {
    drawCharts(document);
    sortTables(document);
    lightMatrices(document);
    keepFresh();
    followJob();
  }),
);

// On a phone the row of pages is longer than the screen.
document.querySelector("nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
