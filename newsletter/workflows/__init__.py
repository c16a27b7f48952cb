"""The sequences: the rooms joined, in the order things happen. No rule lives here."""
