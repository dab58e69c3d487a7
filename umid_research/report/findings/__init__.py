"""The findings of the study in short."""
