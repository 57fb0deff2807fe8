"""From docs to site: the page language, figures, maths, languages - and the commands."""
