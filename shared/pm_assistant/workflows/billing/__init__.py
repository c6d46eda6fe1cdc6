"""What a tenant pays for."""
