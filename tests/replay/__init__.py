"""A week at a company's vendors, and whether it matters how we come to hear of it."""
