"""What the stack is made of and how it runs locally."""
