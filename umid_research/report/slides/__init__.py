"""The slides of a talk, as data: texts, tables and figures, and their sizes."""
