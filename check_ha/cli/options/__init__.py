"""What a command is told: its arguments, its config file, and the options that commands share."""
