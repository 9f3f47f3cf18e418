"""One module a check: its manual, its conditions, and the pure judgement."""
