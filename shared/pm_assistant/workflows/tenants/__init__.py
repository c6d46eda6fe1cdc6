"""A tenant's own: its settings, its people, its archive and its end."""
