"""OpenAI behind our ports."""
