"""Figures: found statically, drawn in processes of their own, kept by content."""
