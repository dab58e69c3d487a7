"""The proposals to the authorities and their replies."""
