"""Answering what people do at the chat's surfaces beside cards."""
