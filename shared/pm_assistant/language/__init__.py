"""Words: how people write them, what they share, and which tickets a text may be about; no input or output."""
