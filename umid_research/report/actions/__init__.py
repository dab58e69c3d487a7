"""What could be done, and by whom: derived from documents and proposals, never invented."""
