"""How far the plan is implemented: views, documents and codes."""
