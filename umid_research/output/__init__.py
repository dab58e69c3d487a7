"""Write the reports as files: HTML, PDF, slides, workbook, CSV and the manifest."""
