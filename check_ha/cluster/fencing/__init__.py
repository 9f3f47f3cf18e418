"""Fencing as configured: devices, whom they can fence, from where, and in which order."""
