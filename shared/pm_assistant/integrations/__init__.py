"""Vendors, one folder each; no vendor knows another."""
