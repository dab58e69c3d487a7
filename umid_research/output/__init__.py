"""Write the reports as files: HTML, PDF, slides, workbook, CSV and the manifest."""

# The module with what every report and its kernel need; see `runs.jobs`.
WARM = "umid_research.output.warm"
