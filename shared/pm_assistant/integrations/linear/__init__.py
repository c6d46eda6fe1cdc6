"""Linear behind our ports."""
