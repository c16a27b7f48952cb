"""One file each for what is collected: feeds and dropped files."""
