"""Words that try to make the product do what its team does not want, and what may come of them at most."""
