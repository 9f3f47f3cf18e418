"""One module a check: its manual, its conditions, and the pure judgement."""

import gc

# A check lives for a tenth of a second: collecting cycles costs it 2 ms at start, and frees nothing worth having.
gc.disable()
