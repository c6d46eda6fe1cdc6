"""Words and rules of the product: frozen models and pure functions, no input or output."""
