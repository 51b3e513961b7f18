// The pages' scripts. What they do, pages do without them, except move.
import { drawCharts } from "./chart.js";
import { sortTables, lightMatrices } from "./table.js";
import { followJob, keepFresh } from "./live.js";
import { askForms } from "./ask.js";
import { copyButtons, tabs } from "./copy.js";

drawCharts(document);
sortTables(document);
lightMatrices(document);
tabs(document);
copyButtons(document);
askForms(document);
keepFresh();
followJob();
