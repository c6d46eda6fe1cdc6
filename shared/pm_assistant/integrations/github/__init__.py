"""GitHub behind our ports."""
