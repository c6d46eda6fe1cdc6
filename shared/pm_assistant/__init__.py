"""PM Assistant: keeps a team's tickets true to what its people say."""

import gc

# What a process loads stays: looking through it for garbage every few hundred objects finds none, and takes a tenth of
# the time until the first answer.
gc.set_threshold(100_000, *gc.get_threshold()[1:])
