"""Tests mirror the tree they test; `builders` makes the values they speak of."""
