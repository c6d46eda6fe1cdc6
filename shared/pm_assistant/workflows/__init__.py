"""Use cases, one per file: input first, ports as keyword arguments, result returned."""
