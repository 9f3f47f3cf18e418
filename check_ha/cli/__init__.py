"""The commands: arguments, state between runs, the run from start to end."""

import gc

# A command lives for a tenth of a second: collecting cycles costs it 2 ms at start, and frees nothing worth having.
gc.disable()
