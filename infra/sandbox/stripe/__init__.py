"""Stripe, as far as it bills our customers: Checkout, the customer portal, subscriptions and signed events."""
