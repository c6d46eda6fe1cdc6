"""Slack behind our ports."""
