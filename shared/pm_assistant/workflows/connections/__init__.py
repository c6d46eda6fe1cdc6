"""Ties to vendors: made, kept fresh, watched and ended."""
