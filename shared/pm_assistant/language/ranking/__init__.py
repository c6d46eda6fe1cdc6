"""How probable it is that a conversation is about a ticket, or none: what speaks for each, and how it is weighed."""
