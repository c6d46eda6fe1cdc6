"""The pm command: an operator's view of a running stack."""
