"""Whether the methods do what they say: simulated studies, references, and the table of both."""
