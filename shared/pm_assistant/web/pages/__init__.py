"""The dashboard's pages: a module for each, with its routes, loaded when it is first asked for."""
