"""What the reports say and show, made from the published numbers alone: a package per topic."""
