"""The check of sbd: its devices, their timeouts, the daemon and the watchdog."""
