"""The answers that are numbers, such as income, hours or age."""
