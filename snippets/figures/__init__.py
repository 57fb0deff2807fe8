"""What the site shows: one module per concept, the only part of the package that draws.

Each function takes `label`, which puts a short English text into the page's language, and returns a
Matplotlib figure.  Nothing is computed here that the concept's module can compute.
"""
