"""What the command line prints with `--json` and the API answers, field by field: written once, read by both.

`workflows/shapes.py` makes them; the description of the API is drawn from them, field descriptions and all.
"""
