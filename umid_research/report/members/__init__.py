"""The answers of the members of repeated groups, such as persons of households."""
