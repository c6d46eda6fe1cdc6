"""AWS services behind our ports."""
