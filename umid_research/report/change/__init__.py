"""The report of change between two rounds: text, tables and charts."""
