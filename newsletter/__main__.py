"""`python -m newsletter`, and the `newsletter` command."""

from __future__ import annotations

from newsletter.cli.main import main as main

if __name__ == "__main__":
    main()
