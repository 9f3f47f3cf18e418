"""What is asked of sbd, and of which devices."""
