"""The page language: parse a Markdown page, run its code, check its rules, render it."""
