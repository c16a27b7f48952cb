"""The one HTML policy, Markdown, plain text, excerpts. Pure: no network, no store."""
