"""What `pm operator doctor` looks at: each check says in words what a deployed stack lacks, and what to do about it."""
