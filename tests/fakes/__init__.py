"""Stand-ins that behave like the real adapters, for every test but theirs."""
