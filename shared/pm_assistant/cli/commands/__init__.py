"""What `pm` can do, by what it does to the stack."""
