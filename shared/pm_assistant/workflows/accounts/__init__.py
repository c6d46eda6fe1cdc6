"""Who may use the product: registering, logging in, people and keys."""
