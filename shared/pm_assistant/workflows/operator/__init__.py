"""What those do who operate the service: see how tenants fare, suspend and resume them."""
