"""Every role the product needs from outside, by area.

Adapters are named vendor + role (`LinearTracker`), stand-ins for tests `Fake` + role. Stores take the tenant first.
Unless said otherwise, methods raise `UpstreamError` and its kinds, and `Misconfigured`, from `domain.errors`.
"""
