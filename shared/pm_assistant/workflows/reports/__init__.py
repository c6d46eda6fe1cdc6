"""Telling people what moved and what is next."""
