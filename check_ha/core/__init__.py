"""What every check is made of: conditions, findings, options, evidence."""
