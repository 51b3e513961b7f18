// The script of a report that was saved as a file.
drawCharts(document);
sortTables(document);
lightMatrices(document);
