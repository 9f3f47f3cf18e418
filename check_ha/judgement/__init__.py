"""What a verdict is made of: conditions, findings, options, evidence. Pure."""
