"""What participants knew before and after the consultations."""
