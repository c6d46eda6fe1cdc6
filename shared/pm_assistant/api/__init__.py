"""The HTTP API: routes under `/v1` and `/auth`, each a use case called with what the caller may have."""
