"""PM Assistant: keeps a team's tickets true to what its people say."""
