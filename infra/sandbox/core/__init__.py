"""What all vendors of the sandbox share; knows none of them."""
